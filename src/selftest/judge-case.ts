import type { CheckResult, RunResult } from '../metrics/result.ts';
import type { CaseReport } from './case-report.ts';
import type { SelfTestCase } from './cases.ts';
import type { EventFault } from './subject.ts';
import type { Granularity } from './timer-watch.ts';

/** Something about a run that is not as it has to be. */
export interface Problem {
  text: string;
  /** It may be this machine's fault, and nothing that was said was false. */
  excused: boolean;
}

/** Timers that are late by this much at p99 tell that others had the machine: what it measured meanwhile proves nothing. */
const COARSE_US = 3000;

/**
 * What the verdict and the checks of a run got wrong. `undone` are faults of the case that no event suffered, because this machine was slow
 * and a few requests held all events: then nobody can say what had to follow.
 */
export function judgeCase(one: SelfTestCase, result: RunResult, undone: readonly EventFault[] = []): Problem[] {
  const problems = judgeOutcome(one, result);
  if (undone.length === 0) return problems;
  const text = `no event suffered ${undone.join(', ')}: this machine was so slow that a few requests held them all`;
  return [{ text, excused: true }, ...problems.map((each) => ({ ...each, excused: result.verdict !== 'error' }))];
}

function judgeOutcome(one: SelfTestCase, { verdict, checks, reasons, delivery, events }: RunResult): Problem[] {
  // A verifier that came back and saw everything after all may say so.
  if (one.mishap === 'verifier-killed' && verdict === 'pass' && delivery.verified === events.intended) return [];
  const texts: string[] = [];
  const astray: CheckResult[] = [];
  if (checks.length === 0) texts.push('nothing was checked');
  for (const check of checks) {
    const wanted = one.checks[check.name] ?? one.checks[check.expression] ?? 'pass';
    if (check.status === wanted) continue;
    const why = check.reason === '' ? '' : ` (${check.reason})`;
    texts.push(`check ${check.name}: ${check.status}${why}, not ${wanted}`);
    astray.push(check);
  }
  if (verdict !== one.verdict) texts.push(`verdict ${verdict}, not ${one.verdict}: ${reasons.join('; ')}`);
  if (one.mishap === 'generator-starved' && verdict === 'inconclusive' && !/generator/.test(reasons.join()))
    texts.push('the reasons do not name the generator');
  // To say that it cannot be told is no falsehood.
  const excused = astray.length > 0 && astray.every(({ status }) => status === 'inconclusive') && verdict !== 'error';
  return texts.map((text) => ({ text, excused }));
}

/** What a run measured wrongly. Where it calls its own generator unfit, or the timers here were coarse, its times claim nothing. */
export function judgeTimes(
  differences: readonly string[],
  { generator }: Pick<RunResult, 'generator'>,
  { timers }: Granularity,
): Problem[] {
  const excused = generator.status !== 'healthy' || timers.p99 > COARSE_US;
  return differences.map((text) => ({ text, excused }));
}

/** What these problems make of a case. */
export function statusOf(problems: readonly Problem[]): CaseReport['status'] {
  if (problems.length === 0) return 'ok';
  return problems.every(({ excused }) => excused) ? 'undecided' : 'wrong';
}
