import type { Micros } from '../core/clock.ts';
import { formatDuration, formatMicros } from '../core/units.ts';
import { evaluateThreshold } from '../metrics/evaluate-threshold.ts';
import { ownLateness } from '../metrics/own-lateness.ts';
import type { CheckResult } from '../metrics/result.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../metrics/threshold.ts';
import type { ThresholdPlan } from '../plan/plan.ts';
import { clockDoubt, oneClock } from './clock-check.ts';
import { isBendable, mayHide } from './hidden-arrivals.ts';
import { readerEvidence } from './reader-evidence.ts';
import type { VerdictInput } from './verdict-input.ts';

/** What a threshold is judged by. */
export type ThresholdEvidence = Pick<VerdictInput, 'run' | 'reader' | 'generator' | 'clock'>;

/** How a threshold was judged. */
export type Judgement = Pick<CheckResult, 'status' | 'observed' | 'reason'>;

/** Judges one threshold of a run that is over, as far as the run lasted, and generator and reader were fit to measure it. */
export function thresholdCheck({ expression, afterUs }: ThresholdPlan, input: VerdictInput): CheckResult {
  const because = (judgement: Judgement): CheckResult => ({ name: expression, expression, ...judgement });
  const { plan, broken, endedUs } = input;
  const skipped = input.skipped.get(expression);
  if (skipped !== undefined) return because(unknown('skipped', skipped));
  if (broken?.expression === expression) {
    const { observed, atUs } = broken;
    const reason = `observed ${observed} after ${formatMicros(atUs)}, which ended the run`;
    return because({ status: 'fail', observed, reason });
  }
  if (afterUs !== undefined && endedUs !== undefined && endedUs < afterUs) {
    const reason = `it is judged from ${formatDuration(afterUs)} on, and the run ended before`;
    return because(unknown('inconclusive', reason));
  }
  const threshold = parseThreshold(
    expression,
    [...plan.fleets, ...plan.targets].map(({ name }) => name),
  );
  if (isThresholdError(threshold)) return because(unknown('inconclusive', threshold.error));
  return because(judgeThreshold(threshold, readWhere(threshold, input)));
}

/** Judges a threshold by what was measured, as far as generator and reader were fit to measure it. */
export function judgeThreshold(threshold: Threshold, evidence: ThresholdEvidence): Judgement {
  const outcome = evaluateThreshold(threshold, evidence.run);
  const boundUs = threshold.metric === 'end_to_end' ? boundOf(evidence) : 0;
  if (boundUs === null) return unknown('inconclusive', 'how far apart are the clocks? give --clock-bound');
  if (outcome.holds === null) return { status: 'inconclusive', observed: outcome.observed, reason: outcome.reason };
  const observed = boundUs === 0 ? outcome.observed : `${outcome.observed} ± ${formatMicros(boundUs)}`;
  const unfit = unfitness(threshold, outcome.holds, evidence);
  if (unfit !== null) return { status: 'inconclusive', observed, reason: unfit };
  return outcome.holds
    ? { status: 'pass', observed, reason: '' }
    : { status: 'fail', observed, reason: `observed ${observed}` };
}

function unknown(status: CheckResult['status'], reason: string): Judgement {
  return { status, observed: 'not known', reason };
}

/** Of a threshold about one of several targets that are read back, what its own reader says; of every other, what all of them say. */
function readWhere({ scope }: Threshold, input: VerdictInput): ThresholdEvidence {
  const own = input.readings?.find(({ reading }) => !reading.tap && reading.name === scope);
  if (own === undefined) return input;
  const { delivery } = own.settlement;
  return { ...input, run: { ...input.run, delivery }, reader: readerEvidence(own.seen) };
}

/** How far end-to-end times may be off; of those that were never taken nobody has to know. */
function boundOf({ clock = oneClock, run }: ThresholdEvidence): Micros | null {
  return run.latency.endToEnd.count === 0 ? 0 : clock.boundUs;
}

/** Why the instruments were not fit to tell, whatever they showed. */
function unfitness(threshold: Threshold, holds: boolean, input: ThresholdEvidence): string | null {
  const { kind, metric } = threshold;
  const { reader, generator, clock = oneClock } = input;
  const readBack = kind === 'delivery-count' || metric === 'end_to_end';
  if (readBack) {
    if (reader === null) return 'nothing was read back';
    if (!reader.finished) return 'the verifier did not finish';
    const hides = mayHide(reader, input.run.delivery);
    const bendable = reader.doubts.length > 0 && isBendable(threshold, input.run);
    // A slow reader makes times longer, never shorter; but those of events that nobody saw may be anything.
    const doubted = kind === 'latency' ? hides || bendable : hides && bendable;
    if (doubted) return `the reader was not fit: ${reader.doubts.join('; ')}`;
  }
  const untold = metric === 'end_to_end' ? clockDoubt(threshold, input.run, clock) : null;
  if (untold !== null) return untold;
  // A rate that was reached was reached, however late each event was.
  const timed = (kind === 'latency' && metric !== 'schedule_lag') || (kind === 'rate' && !holds);
  if (timed && generator.status === 'unhealthy') return `the generator was the limit: ${generator.signals.join('; ')}`;
  return kind === 'latency' && !holds ? ownLateness(threshold, input.run) : null;
}
