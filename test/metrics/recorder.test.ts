import fc from 'fast-check';
import { build, type JsHistogram } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.ts';
import {
  cellOf,
  createRecorder,
  highestIn,
  MAX_RECORDED_US,
  RECORDER_BYTES,
  RECORDER_CELLS,
} from '../../src/metrics/recorder.ts';
import { RecorderReader } from '../../src/metrics/recorder-reader.ts';
import { expectSameHistogram } from './same-histogram.ts';

function fresh() {
  return createRecorder(new SharedArrayBuffer(RECORDER_BYTES), 0);
}

function folded(samples: readonly number[]): Histogram {
  const recorder = fresh();
  for (const sample of samples) recorder.record(sample);
  const histogram = new Histogram();
  histogram.fold(new RecorderReader(recorder));
  return histogram;
}

function reference(): JsHistogram {
  const options = { bitBucketSize: 64, lowestDiscernibleValue: 1, highestTrackableValue: MAX_RECORDED_US } as const;
  return build({ ...options, numberOfSignificantValueDigits: 3, autoResize: false }) as JsHistogram;
}

describe('Recorder', () => {
  it('has the cells of an HdrHistogram', () => {
    const hdr = reference();
    expect(hdr.countsArrayLength).toBeLessThanOrEqual(RECORDER_CELLS);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_RECORDED_US }), (us) => {
        const cell = cellOf(us);
        expect(cell).toBe(hdr.countsArrayIndex(us));
        expect(highestIn(cell)).toBe(hdr.highestEquivalentValue(us));
      }),
      { numRuns: 5_000 },
    );
    for (const us of [0, 1, 2047, 2048, 4095, 4096, 2 ** 31 - 1, 2 ** 31, MAX_RECORDED_US]) {
      expect(cellOf(us)).toBe(hdr.countsArrayIndex(us));
    }
  });

  it('counts negative, clamped and impossible samples, and drops none', () => {
    const histogram = folded([-5, 10, MAX_RECORDED_US + 7, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]);
    expect(histogram).toMatchObject({ count: 3, min: -5, max: MAX_RECORDED_US + 7, negative: 1, clamped: 1 });
    expect(histogram.rejected).toBe(3);
    expect(histogram.sum).toBe(-5 + 10 + MAX_RECORDED_US + 7);
    expect(histogram.counts[0]).toBe(1);
  });

  it('is empty in zeroed memory, at any offset', () => {
    const buffer = new SharedArrayBuffer(RECORDER_BYTES * 2);
    const second = createRecorder(buffer, RECORDER_BYTES);
    second.record(0);
    const [a, b] = [new Histogram(), new Histogram()];
    a.fold(new RecorderReader(createRecorder(buffer, 0)));
    b.fold(new RecorderReader(createRecorder(buffer, RECORDER_BYTES)));
    expect([a.count, a.min, a.max]).toEqual([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect([b.count, b.min, b.max]).toEqual([1, 0, 0]);
  });

  it('stays exact past 2^32 samples in one cell', () => {
    const recorder = fresh();
    const reader = new RecorderReader(recorder);
    const histogram = new Histogram();
    for (const part of [2 ** 31, 2 ** 31, 1]) {
      recorder.recordMany(1_000, part);
      histogram.fold(reader);
    }
    expect(recorder.cells[1_000]).toBe(1);
    expect(histogram.count).toBe(2 ** 32 + 1);
    expect(histogram.quantile(0.5)).toBe(1_000);
    expect(histogram.summarise()).toMatchObject({ count: 2 ** 32 + 1, mean: 1_000, p9999: 1_000 });
  });

  it('reads only what is new', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: -100, max: 5_000_000 }))), (bursts) => {
        const recorder = fresh();
        const reader = new RecorderReader(recorder);
        const histogram = new Histogram();
        for (const burst of bursts) {
          for (const sample of burst) recorder.record(sample);
          histogram.fold(reader);
        }
        expectSameHistogram(histogram, folded(bursts.flat()));
      }),
      { numRuns: 30 },
    );
  });
});
