import { IotloadError } from '../core/errors.ts';
import { AscendingCells, type Cells } from './ascending-cells.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Cells of a latency recorder. */
export const SAMPLE_CELLS = 23_552;

/** A latency distribution as sparse cells of a recorder, with its exact totals. */
export interface Samples {
  /** Samples per cell, ascending by cell where they come from a recorder. */
  cells: Cells;
  /** µs; +Infinity while there is no sample. */
  min: number;
  /** µs; -Infinity while there is no sample. */
  max: number;
  sum: number;
  negative: number;
  clamped: number;
  rejected: number;
}

export function emptySamples(cells: Cells = new Map()): Samples {
  return {
    cells,
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
export function addTotals(sum: Samples, gain: Omit<Samples, 'cells'>): void {
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
export function writeSamples(writer: ByteWriter, samples: Samples): void {
  // In order, so that whoever reads them has nothing to sort.
  for (const [cell, count] of [...samples.cells].sort(([a], [b]) => a - b)) {
    writer.varint(cell + 1);
    writer.varint(count);
  }
  writer.varint(0);
  writer.varint(samples.rejected);
  if (samples.cells.size === 0) return;
  for (const value of [samples.min, samples.max, samples.sum]) writer.float64(value);
  writer.varint(samples.negative);
  writer.varint(samples.clamped);
}

/** Adds what `writeSamples` wrote to `into`. Throws IotloadError `file-corrupt`. */
export function readSamples(reader: ByteReader, into: Samples): void {
  let any = false;
  const { cells } = into;
  const ascending = cells instanceof AscendingCells ? cells : null;
  for (let tag = reader.varint(); tag > 0; tag = reader.varint()) {
    any = true;
    if (tag > SAMPLE_CELLS) throw new IotloadError('file-corrupt', 'a record holds an impossible latency');
    const count = reader.varint();
    if (ascending !== null) ascending.add(tag - 1, count);
    else cells.set(tag - 1, (cells.get(tag - 1) ?? 0) + count);
  }
  into.rejected += reader.varint();
  if (!any) return;
  const [min, max, sum] = [reader.float64(), reader.float64(), reader.float64()];
  if (!Number.isFinite(min) || !Number.isFinite(max) || !Number.isFinite(sum)) {
    throw new IotloadError('file-corrupt', 'a record holds an impossible latency');
  }
  addTotals(into, { min, max, sum, negative: reader.varint(), clamped: reader.varint(), rejected: 0 });
}
