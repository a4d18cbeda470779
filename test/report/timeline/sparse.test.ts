import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Histogram } from '../../../src/metrics/histogram.ts';
import { cellOf } from '../../../src/metrics/recorder.ts';
import { HeatMapBuilder } from '../../../src/report/timeline/heat-map.ts';
import { eachAscending, packAll } from '../../../src/report/timeline/packed-samples.ts';
import { figuresOf } from '../../../src/report/timeline/sparse.ts';
import { edgeOf, rowOf } from '../../../src/report/timeline/timeline.ts';
import { ByteReader } from '../../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../../src/wire/byte-writer.ts';
import {
  addPacked,
  addTotals,
  emptySamples,
  type PackedSamples,
  readPacked,
  type Samples,
  writeSamples,
} from '../../../src/wire/samples.ts';

function samplesOf(values: readonly number[]): Samples {
  const samples = emptySamples();
  for (const us of values) {
    samples.cells.set(cellOf(us), (samples.cells.get(cellOf(us)) ?? 0) + 1);
    addTotals(samples, { min: us, max: us, sum: us, negative: 0, clamped: 0, rejected: 0 });
  }
  return samples;
}

function pack(samples: Samples): PackedSamples {
  const writer = new ByteWriter();
  writeSamples(writer, samples);
  return readPacked(new ByteReader(writer.take()));
}

const times = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), { minLength: 1, maxLength: 60 });

it('the figures of a sparse distribution are those of the whole histogram', () => {
  fc.assert(
    fc.property(times, (values) => {
      const samples = samplesOf(values);
      const histogram = Histogram.of(samples);
      expect(figuresOf(pack(samples))).toEqual({
        count: values.length,
        p50: histogram.quantile(0.5),
        p99: histogram.quantile(0.99),
        max: histogram.max,
      });
    }),
  );
});

it('a heat map holds every sample once, in at most so many columns that follow each other', () => {
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 70 }), fc.integer({ min: 2, max: 9 }), (seconds, most) => {
      const builder = new HeatMapBuilder(most);
      for (const [i, values] of seconds.entries()) builder.add((i + 1) * 1e6, pack(samplesOf(values)));
      const { columns, firstRow, counts } = builder.finish();
      expect(columns.length).toBeLessThanOrEqual(most);
      expect(counts).toHaveLength(columns.length);
      expect([...columns]).toEqual([...columns].sort((a, b) => a - b));
      expect(columns.at(-1)).toBe(seconds.length * 1e6);
      expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(seconds.flat().length);
      expect(firstRow).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('a row begins where the one before ends, four to a doubling', () => {
  for (let row = 0; row < 120; row++) expect(rowOf(edgeOf(row) * 1.0001)).toBe(row);
  expect(edgeOf(rowOf(1024))).toBeCloseTo(1024, 6);
  expect(edgeOf(5) / edgeOf(1)).toBeCloseTo(2, 9);
});

it('packed distributions add up to those they were, cells ascending', () => {
  fc.assert(
    fc.property(fc.array(times, { maxLength: 5 }), (parts) => {
      const all = samplesOf(parts.flat());
      const packed = parts.map((values) => pack(samplesOf(values)));
      const visited: [number, number][] = [];
      eachAscending(packed, (cell, count) => visited.push([cell, count]));
      expect(visited).toEqual([...all.cells].sort(([a], [b]) => a - b));
      const sum = emptySamples();
      addPacked(sum, packAll(packed));
      expect(sum).toEqual(all);
      expect(packAll([...packed, pack(emptySamples())])).toEqual(pack(all));
    }),
  );
});

it('what was no time at all is kept where nothing else was recorded', () => {
  const rejected = pack({ ...emptySamples(), rejected: 2 });
  expect(packAll([rejected, rejected])).toEqual({ ...rejected, rejected: 4 });
});
