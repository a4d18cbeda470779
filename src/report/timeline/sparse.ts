import { highestIn } from '../../metrics/recorder.ts';
import type { PackedSamples } from './packed-samples.ts';
import type { StretchLatency } from './timeline.ts';

/** The figures of a sparse distribution; a quantile is the upper edge of its cell, never beyond the maximum. */
export function figuresOf({ cells, counts, max }: PackedSamples): StretchLatency {
  let count = 0;
  for (const some of counts) count += some;
  if (count === 0) return { count: 0, p50: null, p99: null, max: null };
  const quantile = (q: number): number => {
    const rank = Math.max(1, Math.ceil(q * count));
    let below = 0;
    for (let i = 0; i < cells.length; i++) {
      below += counts[i] as number;
      if (below >= rank) return Math.min(highestIn(cells[i] as number), max);
    }
    return max;
  };
  return { count, p50: quantile(0.5), p99: quantile(0.99), max };
}
