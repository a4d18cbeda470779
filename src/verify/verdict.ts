import type { CheckResult, Verdict } from '../metrics/result.ts';
import { deliveryCheck } from './delivery-check.ts';
import { orderCheck } from './order-check.ts';
import { thresholdCheck } from './threshold-check.ts';
import type { VerdictInput } from './verdict-input.ts';

/** The verdict, why, and each check behind it. */
export interface VerdictOutcome {
  verdict: Verdict;
  reasons: string[];
  checks: CheckResult[];
}

/** Judges a run. Pure. A defect of ours accuses nobody; then what failed soundly counts, then what could not be told. */
export function judge(input: VerdictInput): VerdictOutcome {
  const asked = input.plan.verify !== null;
  const checks: CheckResult[] = [];
  if (asked) {
    checks.push(deliveryCheck(input));
    if (input.plan.verify?.order) checks.push(orderCheck(input));
  }
  for (const { expression } of input.plan.thresholds) checks.push(thresholdCheck(expression, input));

  const broken = input.laws.filter((law) => !law.holds);
  const defects = broken.map(({ law, detail }) => `defect in iotload: "${law}" does not hold (${detail})`);
  if (input.ended === 'worker-died') defects.push('a worker died');
  if (defects.length > 0) return { verdict: 'error', reasons: defects, checks };

  const because = (status: CheckResult['status']): string[] =>
    checks.filter((check) => check.status === status).map(({ name, reason }) => `${name}: ${reason}`);
  const failed = because('fail');
  if (failed.length > 0) return { verdict: 'fail', reasons: failed, checks };

  const open = because('inconclusive');
  if (input.ended === 'aborted') open.unshift('the run was aborted before its end');
  if (input.run.events.sent === 0) open.unshift('nothing was sent');
  if (open.length > 0) return { verdict: 'inconclusive', reasons: open, checks };
  return { verdict: 'pass', reasons: asked ? [] : ['delivery not checked'], checks };
}
