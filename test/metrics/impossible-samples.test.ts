import { expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.ts';
import { createRecorder, MAX_RECORDED_US, RECORDER_BYTES } from '../../src/metrics/recorder.ts';
import { RecorderReader } from '../../src/metrics/recorder-reader.ts';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { emptySamples, readSamples, writeSamples } from '../../src/wire/samples.ts';

function recorded(us: number): Histogram {
  const recorder = createRecorder(new SharedArrayBuffer(RECORDER_BYTES), 0);
  recorder.record(us);
  const histogram = new Histogram();
  histogram.fold(new RecorderReader(recorder));
  return histogram;
}

function direct(us: number): Histogram {
  const histogram = new Histogram();
  histogram.record(us);
  return histogram;
}

// Recorded on the hot path and read by another thread, or added up at leisure: the same sample has the same fate.
it.each<[string, number, object]>([
  ['zero', 0, { count: 1, min: 0, max: 0, negative: 0, rejected: 0 }],
  ['a negative time', -1, { count: 1, min: -1, max: -1, p50: null, negative: 1, rejected: 0 }],
  ['an hour', MAX_RECORDED_US, { count: 1, max: MAX_RECORDED_US, negative: 0, rejected: 0 }],
  ['more than an hour', MAX_RECORDED_US + 1, { count: 1, max: MAX_RECORDED_US + 1, negative: 0, rejected: 0 }],
  ['NaN', Number.NaN, { count: 0, min: null, max: null, mean: null, negative: 0, rejected: 1 }],
  ['infinity', Number.POSITIVE_INFINITY, { count: 0, max: null, mean: null, negative: 0, rejected: 1 }],
  ['minus infinity', Number.NEGATIVE_INFINITY, { count: 0, min: null, mean: null, negative: 0, rejected: 1 }],
  ['a time beyond all times', 2 ** 52, { count: 0, max: null, negative: 0, rejected: 1 }],
  ['a time before all times', -(2 ** 52), { count: 0, min: null, negative: 0, rejected: 1 }],
])('tells %s for what it is', (_, us, expected) => {
  expect(recorded(us).summarise()).toMatchObject(expected);
  expect(direct(us).summarise()).toMatchObject(expected);
});

it('ranks negative times as 0, and keeps their exact least', () => {
  const histogram = new Histogram();
  histogram.record(-7, 11);
  histogram.record(100, 11);
  expect(histogram.summarise()).toMatchObject({ count: 22, min: -7, p50: 0, negative: 11 });
  expect(histogram.quantile(1)).toBe(100);
});

it('adds up negative and rejected samples where distributions are merged', () => {
  const merged = new Histogram();
  for (const us of [-3, Number.NaN, 5]) merged.add(direct(us));
  expect(merged.summarise()).toMatchObject({ count: 2, min: -3, max: 5, negative: 1, rejected: 1 });
});

it('counts 2^32 + 1 samples of one value, also through a record on disk and in a merge', () => {
  const samples = { ...emptySamples(), cells: new Map([[1_000, 2 ** 32 + 1]]), min: 1_000, max: 1_000 };
  samples.sum = 1_000 * (2 ** 32 + 1);
  samples.negative = 2 ** 32 + 3;
  const writer = new ByteWriter(64);
  writeSamples(writer, samples);
  const back = emptySamples();
  readSamples(new ByteReader(writer.take()), back);
  expect(back).toEqual(samples);
  const twice = Histogram.of(back);
  twice.add(Histogram.of(back));
  expect(twice.summarise()).toMatchObject({
    count: 2 ** 33 + 2,
    mean: 1_000,
    p50: 1_000,
    p9999: 1_000,
    negative: 2 ** 33 + 6,
  });
});
