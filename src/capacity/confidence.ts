import type { LevelTally } from './search.ts';

/** How sure an interval is that is called a 95 % interval. */
export const CONFIDENCE = 0.95;

/** Share of trials that come out against the load whatever it is. */
const LAPSE = 0.02;
/** How far, by ratio, from the loads that are known the capacity may lie: e. */
const REACH = 1;
const STEPS = 400;
/** Scales of the logistic curve that are thought as likely as each other: from half a percent of the load to a tenth. */
const SCALES = Array.from({ length: 7 }, (_, i) => 10 ** (-2.3 + (1.3 * i) / 6));

/**
 * Where the load lies at which half of all trials break, with 95 % of what is likely after these trials: a psychometric curve, Bayesian
 * over its place and steepness. Whatever order the loads were chosen in, it counts each trial once. At least [low, high], between which
 * every answer that agrees with itself puts it.
 */
export function credibleInterval(tallies: readonly LevelTally[], low: number, high: number): [number, number] {
  const [from, to] = [Math.log(low) - REACH, Math.log(high) + REACH];
  const places = Array.from({ length: STEPS + 1 }, (_, i) => from + ((to - from) * i) / STEPS);
  const logs = SCALES.flatMap((scale) => places.map((place) => logLikelihood(tallies, place, scale)));
  const most = logs.reduce((best, one) => Math.max(best, one), Number.NEGATIVE_INFINITY);
  const weights = places.map((_, i) =>
    SCALES.reduce((sum, _scale, j) => sum + Math.exp((logs[j * places.length + i] as number) - most), 0),
  );
  const tail = ((1 - CONFIDENCE) / 2) * weights.reduce((sum, weight) => sum + weight, 0);
  const first = passes(weights, tail);
  const last = STEPS - passes(weights.toReversed(), tail);
  return [Math.min(low, Math.exp(places[first] as number)), Math.max(high, Math.exp(places[last] as number))];
}

function logLikelihood(tallies: readonly LevelTally[], place: number, scale: number): number {
  let sum = 0;
  for (const { level, holds, breaks } of tallies) {
    const breaking = LAPSE / 2 + (1 - LAPSE) / (1 + Math.exp((place - Math.log(level)) / scale));
    sum += breaks * Math.log(breaking) + holds * Math.log(1 - breaking);
  }
  return sum;
}

/** Index at which the sum of the weights goes beyond `tail`. */
function passes(weights: readonly number[], tail: number): number {
  let sum = 0;
  return Math.max(
    0,
    weights.findIndex((weight) => {
      sum += weight;
      return sum > tail;
    }),
  );
}
