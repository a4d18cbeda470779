import type { Micros } from '../core/clock.ts';
import type { WallJump } from '../core/wall-offset.ts';
import { Histogram } from '../metrics/histogram.ts';
import type { ClockSummary, QuantileSummary } from '../metrics/result.ts';
import { type ClockEvidence, oneClock } from '../verify/clock-check.ts';
import type { SettledRun } from './settled-run.ts';

/**
 * The clocks behind a result, for the document and for its verdict. A reader that was part of the run shares the monotonic clock of the
 * sender, which no step of the wall clock moves; one that was started by hand found it by the wall clock.
 */
export function clocksOf(
  sender: { clockJumps: readonly WallJump[] },
  { seen }: Pick<SettledRun, 'seen'>,
  boundUs: Micros | null | 'one clock',
): { clock: ClockSummary; evidence: ClockEvidence } {
  const named = (host: 'generator' | 'verifier') => (jump: WallJump) => ({
    at: new Date(jump.atWallUs / 1000).toISOString(),
    byUs: jump.byUs,
    host,
  });
  const own = sender.clockJumps.map(named('generator'));
  if (boundUs === 'one clock') return { clock: { endToEndBoundUs: 0, jumps: own }, evidence: oneClock };
  const jumps = [...own, ...(seen?.end?.clockJumps ?? []).map(named('verifier'))];
  return { clock: { endToEndBoundUs: boundUs, jumps }, evidence: { boundUs, jumps: jumps.length } };
}

/** What is left of times between clocks that may be any time apart: how many there were. */
export function withoutTimes({ count, negative, rejected }: QuantileSummary): QuantileSummary {
  return { ...new Histogram().summarise(), count, negative, rejected };
}
