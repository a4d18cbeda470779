import type { CheckResult, RunResult } from '../metrics/result.ts';
import type { SelfTestCase } from './cases.ts';

/** What the verdict and the checks of a run got wrong. */
export interface Judgement {
  /** One sentence each. */
  problems: string[];
  /** The run could not tell, for want of a fit instrument, where it should have. */
  tooSlow: boolean;
}

/** Compares verdict and checks of a run with those that a case has to have. */
export function judgeCase(one: SelfTestCase, { verdict, checks, reasons }: RunResult): Judgement {
  const problems: string[] = [];
  const open: CheckResult[] = [];
  if (checks.length === 0) problems.push('nothing was checked');
  for (const check of checks) {
    const wanted = one.checks[check.name] ?? one.checks[check.expression] ?? 'pass';
    if (check.status === wanted) continue;
    const why = check.reason === '' ? '' : ` (${check.reason})`;
    problems.push(`check ${check.name}: ${check.status}${why}, not ${wanted}`);
    open.push(check);
  }
  if (verdict !== one.verdict) problems.push(`verdict ${verdict}, not ${one.verdict}: ${reasons.join('; ')}`);
  if (one.mishap === 'generator-starved' && verdict === 'inconclusive' && !/generator/.test(reasons.join()))
    problems.push('the reasons do not name the generator');
  // To say that it cannot be told is no falsehood.
  const tooSlow = open.length > 0 && open.every(({ status }) => status === 'inconclusive') && verdict !== 'error';
  return { problems, tooSlow };
}
