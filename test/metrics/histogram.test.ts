import fc from 'fast-check';
import { build, type JsHistogram } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeHdr, encodeHdr } from '../../src/metrics/hdr-encoding.ts';
import { Histogram } from '../../src/metrics/histogram.ts';
import { MAX_RECORDED_US } from '../../src/metrics/recorder.ts';
import { expectSameHistogram } from './same-histogram.ts';

const sample = fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: MAX_RECORDED_US }));
const samples = fc.array(sample, { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function reference(values: readonly number[]): JsHistogram {
  const options = { bitBucketSize: 64, lowestDiscernibleValue: 1, highestTrackableValue: MAX_RECORDED_US } as const;
  const hdr = build({ ...options, numberOfSignificantValueDigits: 3, autoResize: false }) as JsHistogram;
  for (const value of values) hdr.recordValue(value);
  return hdr;
}

describe('Histogram', () => {
  it('has the quantiles of the reference library, bounded by the exact maximum', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = histogramOf(values);
        const hdr = reference(values);
        for (const percentile of [0.01, 10, 50, 90, 95, 99, 99.9, 99.99, 100]) {
          const expected = Math.min(hdr.getValueAtPercentile(percentile), Math.max(...values));
          expect(histogram.quantile(percentile / 100)).toBe(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('merges to what direct recording gives, in any order and grouping', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = new Histogram();
        for (const part of parts.toReversed()) merged.add(histogramOf(part));
        merged.add(new Histogram());
        expectSameHistogram(merged, histogramOf(parts.flat()));
      }),
      { numRuns: 30 },
    );
  });

  it('never averages percentiles', () => {
    const merged = new Histogram();
    merged.record(1_000, 100_000);
    const slow = new Histogram();
    slow.record(500_000, 1_000);
    merged.add(slow);
    expect(merged.quantile(0.98)).toBe(1_000);
    expect(merged.quantile(0.995)).toBe(500_000);
  });

  it('gives no quantile with fewer than ten samples above it', () => {
    expect(new Histogram().summarise()).toEqual({
      count: 0,
      min: null,
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      p9999: null,
      max: null,
      negative: 0,
      rejected: 0,
    });
    const histogram = new Histogram();
    histogram.record(5, 999);
    expect(histogram.summarise()).toMatchObject({ p95: 5, p99: null });
    histogram.record(5, 1);
    expect(histogram.summarise()).toMatchObject({ p99: 5, p999: null, mean: 5, min: 5, max: 5 });
  });

  it('survives the interchange encoding', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = histogramOf(values);
        const back = decodeHdr(encodeHdr(histogram));
        expect(Buffer.from(back.counts.buffer).equals(Buffer.from(histogram.counts.buffer))).toBe(true);
        expect(back.count).toBe(histogram.count);
      }),
      { numRuns: 30 },
    );
  });

  it('survives it with counts past 2^32', () => {
    const histogram = new Histogram();
    histogram.record(1_000, 2 ** 32 + 1);
    histogram.record(70_000, 2 ** 40 + 3);
    expect(decodeHdr(encodeHdr(histogram)).counts).toEqual(histogram.counts);
  });

  it.each(['', 'HISTF', 'AAAA', 'HISTFAAAAA=='])('refuses %j as an encoding', (text) => {
    expect(() => decodeHdr(text)).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
  });
});
