import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketBoundsUs, bucketCounts } from '../../src/metrics/bucket-counts.ts';
import { Histogram } from '../../src/metrics/histogram.ts';

function countsOf(samples: readonly number[]) {
  const histogram = new Histogram();
  for (const sample of samples) histogram.record(sample);
  return bucketCounts(histogram);
}

/** Near the bounds, where it matters, and anywhere. */
const sample = fc.oneof(
  fc.integer({ min: -50, max: 4_000_000 }),
  fc.integer({ min: 0, max: 7_200_000_000 }),
  fc.tuple(fc.constantFrom(...bucketBoundsUs), fc.integer({ min: -3, max: 3 })).map(([bound, off]) => bound + off),
);

describe('bucketBoundsUs', () => {
  it('ascends, from 100 µs to 100 s', () => {
    expect(bucketBoundsUs).toEqual([...bucketBoundsUs].sort((a, b) => a - b));
    expect([bucketBoundsUs[0], bucketBoundsUs.at(-1), bucketBoundsUs.length]).toEqual([100, 100_000_000, 31]);
    // A quantile is looked for between two bounds: none is more than twice the one before.
    for (const [i, bound] of bucketBoundsUs.entries())
      expect(bound).toBeLessThanOrEqual(2 * (bucketBoundsUs[i - 1] ?? bound));
  });
});

describe('bucketCounts', () => {
  it('counts every sample up to each bound, and none that is longer by more than a cell', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
        const { upTo, count, sumUs } = countsOf(samples);
        expect(count).toBe(samples.length);
        expect(sumUs).toBe(samples.reduce((sum, us) => sum + us, 0));
        bucketBoundsUs.forEach((bound, i) => {
          const least = samples.filter((us) => us <= bound).length;
          const most = samples.filter((us) => us <= bound * (1 + 1 / 1024)).length;
          expect(upTo[i]).toBeGreaterThanOrEqual(least);
          expect(upTo[i]).toBeLessThanOrEqual(bound < 2048 ? least : most);
        });
      }),
    );
  });

  it('of nothing are zeros', () => {
    expect(countsOf([])).toEqual({ upTo: bucketBoundsUs.map(() => 0), count: 0, sumUs: 0 });
  });
});
