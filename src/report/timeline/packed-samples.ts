import { AscendingCells } from '../../wire/ascending-cells.ts';
import { addTotals, emptySamples, type Samples } from '../../wire/samples.ts';

/** A latency distribution that takes little room: its cells ascending, and how many samples lie in each. */
export interface PackedSamples extends Omit<Samples, 'cells'> {
  cells: Uint32Array;
  counts: Float64Array;
}

export function pack({ cells: all, ...totals }: Samples): PackedSamples {
  if (all instanceof AscendingCells) {
    return { ...totals, cells: new Uint32Array(all.cells), counts: new Float64Array(all.counts) };
  }
  const cells = new Uint32Array(all.size);
  const counts = new Float64Array(all.size);
  let length = 0;
  let ascending = true;
  for (const [cell, count] of all) {
    if (length > 0 && cell < (cells[length - 1] as number)) ascending = false;
    cells[length] = cell;
    counts[length++] = count;
  }
  if (ascending) return { ...totals, cells, counts };
  cells.sort();
  return { ...totals, cells, counts: counts.map((_, i) => all.get(cells[i] as number) as number) };
}

export function unpack({ cells, counts, ...totals }: PackedSamples): Samples {
  const samples = emptySamples();
  for (const [i, cell] of cells.entries()) samples.cells.set(cell, counts[i] as number);
  addTotals(samples, totals);
  return samples;
}

/** Both together. */
export function mergePacked(a: PackedSamples, b: PackedSamples): PackedSamples {
  if (b.cells.length === 0 && b.rejected === 0) return a;
  if (a.cells.length === 0 && a.rejected === 0) return b;
  const [left, right] = [a.cells, b.cells];
  // Exactly as long as it has to be: what is cut off afterwards lies about as garbage.
  const cells = new Uint32Array(left.length + right.length - shared(left, right));
  const counts = new Float64Array(cells.length);
  let [i, j, length] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    const [one, other] = [left[i] as number, right[j] as number];
    cells[length] = one < other ? one : other;
    counts[length++] = (one <= other ? (a.counts[i++] as number) : 0) + (other <= one ? (b.counts[j++] as number) : 0);
  }
  for (; i < left.length; i++, length++) [cells[length], counts[length]] = [left[i] as number, a.counts[i] as number];
  for (; j < right.length; j++, length++) [cells[length], counts[length]] = [right[j] as number, b.counts[j] as number];
  const { cells: _, counts: __, ...totals } = a;
  addTotals(totals as Samples, b);
  return { ...totals, cells, counts };
}

/** How many members two ascending lists have in common. */
function shared(left: Uint32Array, right: Uint32Array): number {
  let count = 0;
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [one, other] = [left[i] as number, right[j] as number];
    if (one === other) count++;
    if (one <= other) i++;
    if (other <= one) j++;
  }
  return count;
}

/** All of them together. */
export function packAll(parts: readonly Samples[]): PackedSamples {
  const [first = emptySamples(), ...more] = parts;
  return more.reduce((sum, part) => mergePacked(sum, pack(part)), pack(first));
}
