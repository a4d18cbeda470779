import { highestIn } from '../../metrics/recorder.ts';
import type { PackedSamples } from './packed-samples.ts';
import { Thinned } from './thinned.ts';
import { type HeatMap, rowOf } from './timeline.ts';

interface Column {
  toUs: number;
  rows: Map<number, number>;
}

/** Gathers distributions over time into a heat map of at most so many columns. */
export class HeatMapBuilder {
  readonly #columns: Thinned<Column>;

  constructor(most: number) {
    this.#columns = new Thinned(most, (into, next) => {
      into.toUs = next.toUs;
      for (const [row, count] of next.rows) into.rows.set(row, (into.rows.get(row) ?? 0) + count);
    });
  }

  add(toUs: number, { cells, counts }: PackedSamples): void {
    const rows = new Map<number, number>();
    // Neighbouring cells mostly lie in one row.
    let [row, sum] = [-1, 0];
    for (let i = 0; i < cells.length; i++) {
      const next = rowOf(highestIn(cells[i] as number));
      if (next !== row && sum > 0) rows.set(row, sum);
      sum = (next === row ? sum : 0) + (counts[i] as number);
      row = next;
    }
    if (sum > 0) rows.set(row, sum);
    this.#columns.add({ toUs, rows });
  }

  finish(): HeatMap {
    const columns = this.#columns.kept;
    const rows = columns.flatMap((column) => [...column.rows.keys()]);
    if (rows.length === 0) return { columns: [], firstRow: 0, counts: [] };
    const [firstRow, lastRow] = [rows.reduce((a, b) => Math.min(a, b)), rows.reduce((a, b) => Math.max(a, b))];
    return {
      columns: columns.map(({ toUs }) => toUs),
      firstRow,
      counts: columns.map((column) =>
        Array.from({ length: lastRow - firstRow + 1 }, (_, i) => column.rows.get(firstRow + i) ?? 0),
      ),
    };
  }
}
