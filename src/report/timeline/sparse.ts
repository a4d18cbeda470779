import { highestIn } from '../../metrics/recorder.ts';
import type { PackedSamples } from '../../wire/samples.ts';
import { eachAscending } from './packed-samples.ts';
import type { StretchLatency } from './timeline.ts';

/** The figures of a sparse distribution; a quantile is the upper edge of its cell, never beyond the maximum. */
export function figuresOf(samples: PackedSamples): StretchLatency {
  const { count, max } = samples;
  if (count === 0) return { count: 0, p50: null, p99: null, max: null };
  const [half, most] = [rankOf(0.5, count), rankOf(0.99, count)];
  let [below, p50, p99] = [0, max, max];
  eachAscending([samples], (cell, some) => {
    if (below < half && below + some >= half) p50 = Math.min(highestIn(cell), max);
    if (below < most && below + some >= most) p99 = Math.min(highestIn(cell), max);
    below += some;
  });
  return { count, p50, p99, max };
}

function rankOf(q: number, count: number): number {
  return Math.max(1, Math.ceil(q * count));
}
