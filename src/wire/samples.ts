import { IotloadError } from '../core/errors.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Cells of a latency recorder. */
export const SAMPLE_CELLS = 23_552;

/** The exact totals of a latency distribution. */
export interface SampleTotals {
  /** µs; +Infinity while there is no sample. */
  min: number;
  /** µs; -Infinity while there is no sample. */
  max: number;
  sum: number;
  negative: number;
  clamped: number;
  rejected: number;
}

/** A latency distribution as sparse cells of a recorder, to be added to. */
export interface Samples extends SampleTotals {
  /** Samples per cell. */
  cells: Map<number, number>;
}

/** A latency distribution as far as it is written: of `Samples`, or of `CellCounts`. */
export interface WrittenSamples extends SampleTotals {
  cells: CellsToWrite;
}

type CellsToWrite = Pick<ReadonlyMap<number, number>, 'size' | 'get'> & {
  forEach(visit: (count: number, cell: number) => void): void;
};

/** A latency distribution that takes little room: its cells as in a file. */
export interface PackedSamples extends SampleTotals {
  /** `(cell + 1, count: varint)*`, in any order; what stands there of one cell adds up. */
  cells: Uint8Array;
  /** Of all cells. */
  count: number;
}

export function emptySamples(): Samples {
  return { cells: new Map(), ...emptyTotals() };
}

export function emptyTotals(): SampleTotals {
  return {
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
    negative: 0,
    clamped: 0,
    rejected: 0,
  };
}

/** Adds one distribution to another, cell by cell: nothing is lost. */
export function addSamples(sum: Samples, more: Samples): void {
  for (const [cell, count] of more.cells) sum.cells.set(cell, (sum.cells.get(cell) ?? 0) + count);
  addTotals(sum, more);
}

export function addPacked(sum: Samples, more: PackedSamples): void {
  eachCell(more, (cell, count) => sum.cells.set(cell, (sum.cells.get(cell) ?? 0) + count));
  addTotals(sum, more);
}

/** Visits cells as they stand there. */
export function eachCell({ cells }: PackedSamples, visit: (cell: number, count: number) => void): void {
  const reader = new ByteReader(cells);
  while (!reader.done) visit(reader.varint() - 1, reader.varint());
}

/** What is left of a distribution when a part of it is taken away; its extremes stay those of the whole. */
export function withoutSamples(whole: Samples, part: Samples): Samples {
  const cells = [...whole.cells].map(([cell, count]): [number, number] => [cell, count - (part.cells.get(cell) ?? 0)]);
  return {
    cells: new Map(cells.filter(([, count]) => count > 0)),
    min: whole.min,
    max: whole.max,
    sum: whole.sum - part.sum,
    negative: whole.negative - part.negative,
    clamped: whole.clamped - part.clamped,
    rejected: whole.rejected - part.rejected,
  };
}

/** Adds totals whose cells were added one by one. */
export function addTotals(sum: SampleTotals, gain: SampleTotals): void {
  sum.min = Math.min(sum.min, gain.min);
  sum.max = Math.max(sum.max, gain.max);
  sum.sum += gain.sum;
  sum.negative += gain.negative;
  sum.clamped += gain.clamped;
  sum.rejected += gain.rejected;
}

/**
 *   samples := (cell + 1, count: varint)*, ascending by cell, 0:varint rejected:varint (min, max, sum: f64; negative, clamped: varint)?
 *
 * with the last group only if there is a cell.
 */
export function writeSamples(writer: ByteWriter, samples: WrittenSamples): void {
  for (const cell of sortedCells(samples.cells)) {
    writer.varint(cell + 1);
    writer.varint(samples.cells.get(cell) as number);
  }
  writer.varint(0);
  writer.varint(samples.rejected);
  if (samples.cells.size === 0) return;
  for (const value of [samples.min, samples.max, samples.sum]) writer.float64(value);
  writer.varint(samples.negative);
  writer.varint(samples.clamped);
}

const scratch = new Uint32Array(SAMPLE_CELLS);

/** The cells, ascending; valid until the next call. No object for each: this happens every second, for as long as a run lasts. */
function sortedCells(cells: CellsToWrite): Uint32Array {
  let count = 0;
  cells.forEach((_, cell) => {
    scratch[count++] = cell;
  });
  return scratch.subarray(0, count).sort();
}

/** Adds what `writeSamples` wrote to `into`. Throws IotloadError `file-corrupt`. */
export function readSamples(reader: ByteReader, into: Samples): void {
  addPacked(into, readPacked(reader));
}

/** Reads what `writeSamples` wrote; also of files whose cells are in no order. Throws IotloadError `file-corrupt`. */
export function readPacked(reader: ByteReader): PackedSamples {
  const from = reader.at;
  let count = 0;
  for (let tag = reader.varint(); tag > 0; tag = reader.varint()) {
    if (tag > SAMPLE_CELLS) throw new IotloadError('file-corrupt', 'a record holds an impossible latency');
    count += reader.varint();
  }
  const cells = reader.copy(from, reader.at - 1);
  const rejected = reader.varint();
  if (cells.length === 0) return { ...emptyTotals(), cells, count, rejected };
  const [min, max, sum] = [reader.float64(), reader.float64(), reader.float64()];
  if (!Number.isFinite(min) || !Number.isFinite(max) || !Number.isFinite(sum)) {
    throw new IotloadError('file-corrupt', 'a record holds an impossible latency');
  }
  return { cells, count, min, max, sum, negative: reader.varint(), clamped: reader.varint(), rejected };
}
