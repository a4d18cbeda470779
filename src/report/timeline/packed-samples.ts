import { ByteWriter } from '../../wire/byte-writer.ts';
import { addTotals, eachCell, emptyTotals, type PackedSamples, SAMPLE_CELLS } from '../../wire/samples.ts';

// Where distributions are put in order and added up, one after the other; all 0 between.
const sums = new Float64Array(SAMPLE_CELLS);
/** A bit for each cell that has a sum. */
const taken = new Uint32Array(Math.ceil(SAMPLE_CELLS / 32));
const writer = new ByteWriter();

/** Visits the cells of all parts together, each once, ascending. */
export function eachAscending(parts: readonly PackedSamples[], visit: (cell: number, count: number) => void): void {
  for (const part of parts) {
    eachCell(part, (cell, count) => {
      sums[cell] = (sums[cell] as number) + count;
      taken[cell >>> 5] = (taken[cell >>> 5] as number) | (1 << (cell & 31));
    });
  }
  for (let word = 0; word < taken.length; word++) {
    for (let bits = taken[word] as number; bits !== 0; bits &= bits - 1) {
      const cell = word * 32 + 31 - Math.clz32(bits & -bits);
      visit(cell, sums[cell] as number);
      sums[cell] = 0;
    }
    taken[word] = 0;
  }
}

/** All of them together. */
export function packAll(parts: readonly PackedSamples[]): PackedSamples {
  const told = parts.filter(({ count, rejected }) => count > 0 || rejected > 0);
  if (told.length === 1) return told[0] as PackedSamples;
  const all = { ...emptyTotals(), count: 0 };
  for (const part of told) {
    addTotals(all, part);
    all.count += part.count;
  }
  eachAscending(told, (cell, count) => {
    writer.varint(cell + 1);
    writer.varint(count);
  });
  return { ...all, cells: writer.take() };
}
