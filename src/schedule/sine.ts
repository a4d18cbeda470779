import { IotloadError } from '../core/errors.ts';
import { cosTurns } from '../core/trigonometry.ts';
import type { Level, LinearSegment, ScheduleSegment, SineSegment } from './profile.ts';

/** Ramps that a whole schedule's waves are made of, at most; a wave has at least the fewest and at most the most of them a period. */
const MOST_RAMPS = 8_192;
const FEWEST_PER_PERIOD = 16;
const MOST_PER_PERIOD = 96;
/** Most periods of one segment: beyond, its waves would be too coarse. */
export const MOST_PERIODS = MOST_RAMPS / FEWEST_PER_PERIOD;
/** Levels at the knots are whole millionths. */
const SCALE = 1_000_000;

/**
 * A schedule's segments as linear ones. A wave becomes ramps between its values at equidistant knots, rounded to a millionth: an exact
 * schedule in its own right, that stays within (2π/K)²/8 of half the swing of the true sine for K knots a period, 0.05 % for 96.
 */
export function linearSegments(segments: readonly ScheduleSegment[]): LinearSegment[] {
  return segments.flatMap((segment) => ('from' in segment ? [segment] : rampsOf(segment)));
}

function rampsOf(segment: SineSegment): LinearSegment[] {
  const { durationUs, periodUs, phaseUs } = segment;
  const periods = Math.max(1, Math.ceil(durationUs / periodUs));
  if (periods > MOST_PERIODS + 1)
    throw new IotloadError('defect', 'schedule: a wave with too many periods', { value: `${periods}` });
  const knots = Math.max(FEWEST_PER_PERIOD, Math.min(MOST_PER_PERIOD, Math.floor(MOST_RAMPS / periods)));
  const ramps: LinearSegment[] = [];
  let at = 0;
  let from = levelAt(segment, phaseUs);
  // Knots lie at whole shares of the period behind a peak, so that the peak itself is one.
  for (let knot = Math.floor((phaseUs * knots) / periodUs) + 1; at < durationUs; knot++) {
    const next = Math.min(durationUs, Math.floor((knot * periodUs) / knots) - phaseUs);
    if (next <= at) continue;
    const to = levelAt(segment, phaseUs + next);
    ramps.push({ durationUs: next - at, from, to });
    at = next;
    from = to;
  }
  return ramps;
}

/** The level at which a segment begins. */
export function startLevel(segment: ScheduleSegment): Level {
  return 'from' in segment ? segment.from : levelAt(segment, segment.phaseUs);
}

/** The level `sincePeakUs` behind a peak. */
function levelAt({ low, high, periodUs }: SineSegment, sincePeakUs: number): Level {
  const least = low.numerator / low.denominator;
  const swing = high.numerator / high.denominator - least;
  const turns = sincePeakUs / periodUs;
  const level = least + swing * (0.5 + 0.5 * cosTurns(turns - Math.floor(turns)));
  return { numerator: Math.max(0, Math.floor(level * SCALE + 0.5)), denominator: SCALE };
}
