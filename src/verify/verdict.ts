import type { CheckResult, Verdict } from '../metrics/result.ts';
import { deliveryCheck } from './delivery-check.ts';
import { orderCheck } from './order-check.ts';
import { readerEvidence } from './reader-evidence.ts';
import { sameEventsCheck } from './same-events-check.ts';
import type { SettledReading } from './settle-readings.ts';
import { thresholdCheck } from './threshold-check.ts';
import type { VerdictInput } from './verdict-input.ts';

/** The verdict, why, and each check behind it. */
export interface VerdictOutcome {
  verdict: Verdict;
  reasons: string[];
  checks: CheckResult[];
}

/** Of several targets each is judged by itself, under its name; then whether they hold the same. */
function deliveryChecks(input: VerdictInput): CheckResult[] {
  const { readings, plan } = input;
  if (readings === undefined)
    return plan.verify?.order ? [deliveryCheck(input), orderCheck(input)] : [deliveryCheck(input)];
  const judged = readings.filter(({ reading }) => !reading.tap);
  const checks = judged.flatMap((own) =>
    deliveryChecks(inputOf(input, own)).map((check) => ({
      ...check,
      name: judged.length === 1 ? check.name : `${check.name} at ${own.reading.name}`,
      expression: judged.length === 1 ? check.expression : `${own.reading.name}: ${check.expression}`,
    })),
  );
  const same = sameEventsCheck(readings);
  return same === null ? checks : [...checks, same];
}

function inputOf({ readings: _, ...input }: VerdictInput, { reading, seen, settlement }: SettledReading): VerdictInput {
  const { events, delivery } = settlement;
  return { ...input, plan: reading.plan, run: { ...input.run, events, delivery }, reader: readerEvidence(seen) };
}

/** Judges a run. Pure. A defect of ours accuses nobody; then what failed soundly counts, then what could not be told. */
export function judge(input: VerdictInput): VerdictOutcome {
  const asked = input.plan.verify !== null;
  const checks: CheckResult[] = [];
  if (asked) checks.push(...deliveryChecks(input));
  for (const threshold of input.plan.thresholds) checks.push(thresholdCheck(threshold, input));

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
