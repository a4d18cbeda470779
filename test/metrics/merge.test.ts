import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.ts';
import { propertyRuns } from '../property-runs.ts';
import { expectSameHistogram } from './same-histogram.ts';

/** Samples of every kind: fast, slow, beyond the range, before their intention, and none at all. */
const samples = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 4_000_000_000 }) },
    fc.integer({ min: -5_000, max: 0 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  ),
  { maxLength: 80 },
);

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function sum(...histograms: readonly Histogram[]): Histogram {
  const total = new Histogram();
  for (const histogram of histograms) total.add(histogram);
  return total;
}

describe('merging histograms', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => expectSameHistogram(sum(of(a), of(b)), sum(of(b), of(a)))),
      propertyRuns(40),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(samples, samples, samples, (a, b, c) =>
        expectSameHistogram(sum(sum(of(a), of(b)), of(c)), sum(of(a), sum(of(b), of(c)))),
      ),
      propertyRuns(40),
    );
  });

  it('has the empty one for an identity', () => {
    fc.assert(
      fc.property(samples, (a) => {
        expectSameHistogram(sum(of(a), new Histogram()), of(a));
        expectSameHistogram(sum(new Histogram(), of(a)), of(a));
      }),
      propertyRuns(40),
    );
  });

  it('of any split is the whole', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat(6), { minLength: 80, maxLength: 80 }), (values, owners) => {
        const shards = Array.from({ length: 7 }, (_, shard) => of(values.filter((_, i) => owners[i] === shard)));
        expectSameHistogram(sum(...shards), of(values));
      }),
      propertyRuns(40),
    );
  });

  it('keeps 2^32 + 1 samples of one value apart from none', () => {
    const half = new Histogram();
    half.record(1_000, 2 ** 31);
    const whole = sum(half, half, of([1_000]));
    expect(whole.count).toBe(2 ** 32 + 1);
    expect(whole.quantile(0.5)).toBe(1_000);
    expect(whole.sum).toBe((2 ** 32 + 1) * 1_000);
  });
});
