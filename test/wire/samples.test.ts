import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import {
  eachCell,
  emptySamples,
  readPacked,
  readSamples,
  SAMPLE_CELLS,
  type Samples,
  writeSamples,
} from '../../src/wire/samples.ts';

const cells = fc.array(
  fc.tuple(fc.nat(SAMPLE_CELLS - 1), fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 40))),
  { minLength: 1, maxLength: 50 },
);
const totals = { min: -4, max: 900, sum: 1234, negative: 1, clamped: 0, rejected: 3 };

function distribution(told: readonly (readonly [number, number])[]): Samples {
  const samples = { ...totals, cells: new Map<number, number>() };
  for (const [cell, count] of told) samples.cells.set(cell, (samples.cells.get(cell) ?? 0) + count);
  return samples;
}

it('comes back packed and cell by cell, in ascending order', () => {
  fc.assert(
    fc.property(cells, (told) => {
      const samples = distribution(told);
      const writer = new ByteWriter();
      writeSamples(writer, samples);
      writer.byte(77);
      const reader = new ByteReader(writer.take());
      const { cells: packed, count, ...others } = readPacked(reader);
      expect(reader.byte()).toBe(77);
      expect(others).toEqual(totals);
      expect(count).toBe([...samples.cells.values()].reduce((sum, some) => sum + some, 0));
      const visited: [number, number][] = [];
      eachCell({ ...others, cells: packed, count }, (...each) => visited.push(each));
      expect(visited).toEqual([...samples.cells].sort(([a], [b]) => a - b));
    }),
  );
});

it('is read whatever the order of its cells, as older files have them', () => {
  fc.assert(
    fc.property(cells, (told) => {
      const writer = new ByteWriter();
      for (const [cell, count] of told) for (const value of [cell + 1, count]) writer.varint(value);
      for (const value of [0, totals.rejected]) writer.varint(value);
      for (const value of [totals.min, totals.max, totals.sum]) writer.float64(value);
      for (const value of [totals.negative, totals.clamped]) writer.varint(value);
      const sum = emptySamples();
      readSamples(new ByteReader(writer.take()), sum);
      expect(sum).toEqual(distribution(told));
    }),
  );
});

it('does not keep the bytes that it was read from', () => {
  const writer = new ByteWriter();
  writeSamples(writer, distribution([[5, 6]]));
  const bytes = Buffer.from(writer.take());
  const packed = readPacked(new ByteReader(bytes));
  bytes.fill(0);
  expect([...packed.cells]).toEqual([6, 6]);
});
