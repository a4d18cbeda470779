import { highestIn } from '../../metrics/recorder.ts';
import { eachCell, type PackedSamples, SAMPLE_CELLS } from '../../wire/samples.ts';
import { Thinned } from './thinned.ts';
import { type HeatMap, rowOf } from './timeline.ts';

interface Column {
  toUs: number;
  rows: Map<number, number>;
}

/** Gathers distributions over time into a heat map of at most so many columns. */
export class HeatMapBuilder {
  readonly #columns: Thinned<Column>;
  readonly #rowOfCell = Uint8Array.from({ length: SAMPLE_CELLS }, (_, cell) => rowOf(highestIn(cell)));

  constructor(most: number) {
    this.#columns = new Thinned(most, (into, more) => {
      for (const { toUs, rows } of more) {
        into.toUs = toUs;
        for (const [row, count] of rows) into.rows.set(row, (into.rows.get(row) ?? 0) + count);
      }
    });
  }

  add(toUs: number, samples: PackedSamples): void {
    const sums = new Float64Array((this.#rowOfCell[SAMPLE_CELLS - 1] as number) + 1);
    eachCell(samples, (cell, count) => {
      const row = this.#rowOfCell[cell] as number;
      sums[row] = (sums[row] as number) + count;
    });
    const rows = [...sums.entries()].filter(([, count]) => count > 0);
    this.#columns.add({ toUs, rows: new Map(rows) });
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
