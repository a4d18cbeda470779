import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import { evaluateThreshold } from '../metrics/evaluate-threshold.ts';
import { ownLateness } from '../metrics/own-lateness.ts';
import type { CheckResult } from '../metrics/result.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../metrics/threshold.ts';
import { clockDoubt, oneClock } from './clock-check.ts';
import { isBendable, mayHide } from './hidden-arrivals.ts';
import type { VerdictInput } from './verdict-input.ts';

/** Judges one threshold, as far as generator and reader were fit to measure it. */
export function thresholdCheck(expression: string, input: VerdictInput): CheckResult {
  const { plan, run } = input;
  const because = (status: CheckResult['status'], observed: string, reason: string): CheckResult => ({
    name: expression,
    expression,
    status,
    observed,
    reason,
  });
  const skipped = input.skipped.get(expression);
  if (skipped !== undefined) return because('skipped', 'not known', skipped);
  const threshold = parseThreshold(
    expression,
    [...plan.fleets, ...plan.targets].map(({ name }) => name),
  );
  if (isThresholdError(threshold)) return because('inconclusive', 'not known', threshold.error);

  const outcome = evaluateThreshold(threshold, run);
  const boundUs = threshold.metric === 'end_to_end' ? boundOf(input) : 0;
  if (boundUs === null) return because('inconclusive', 'not known', 'how far apart are the clocks? give --clock-bound');
  if (outcome.holds === null) return because('inconclusive', outcome.observed, outcome.reason);
  const observed = boundUs === 0 ? outcome.observed : `${outcome.observed} ± ${formatMicros(boundUs)}`;
  const unfit = unfitness(threshold, outcome.holds, input);
  if (unfit !== null) return because('inconclusive', observed, unfit);
  return outcome.holds ? because('pass', observed, '') : because('fail', observed, `observed ${observed}`);
}

/** How far end-to-end times may be off; of those that were never taken nobody has to know. */
function boundOf({ clock = oneClock, run }: VerdictInput): Micros | null {
  return run.latency.endToEnd.count === 0 ? 0 : clock.boundUs;
}

/** Why the instruments were not fit to tell, whatever they showed. */
function unfitness(threshold: Threshold, holds: boolean, input: VerdictInput): string | null {
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
