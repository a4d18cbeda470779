import { highestIn } from '../../metrics/recorder.ts';
import type { Samples } from '../../wire/samples.ts';
import { type HeatMap, rowOf } from './timeline.ts';

/** Gathers distributions over time into a heat map of at most so many columns: neighbours are added up while there are more. */
export class HeatMapBuilder {
  readonly #most: number;
  #columns: { toUs: number; rows: Map<number, number> }[] = [];
  #perColumn = 1;
  #inLast = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(toUs: number, { cells }: Samples): void {
    let column = this.#columns.at(-1);
    if (column === undefined || this.#inLast >= this.#perColumn) {
      if (this.#columns.length === this.#most) this.#halve();
      column = this.#columns.at(-1);
      if (column === undefined || this.#inLast >= this.#perColumn) {
        column = { toUs, rows: new Map() };
        this.#columns.push(column);
        this.#inLast = 0;
      }
    }
    this.#inLast++;
    column.toUs = toUs;
    for (const [cell, count] of cells) {
      const row = rowOf(highestIn(cell));
      column.rows.set(row, (column.rows.get(row) ?? 0) + count);
    }
  }

  finish(): HeatMap {
    const rows = this.#columns.flatMap((column) => [...column.rows.keys()]);
    if (rows.length === 0) return { columns: [], firstRow: 0, counts: [] };
    const [firstRow, lastRow] = [rows.reduce((a, b) => Math.min(a, b)), rows.reduce((a, b) => Math.max(a, b))];
    return {
      columns: this.#columns.map(({ toUs }) => toUs),
      firstRow,
      counts: this.#columns.map((column) =>
        Array.from({ length: lastRow - firstRow + 1 }, (_, i) => column.rows.get(firstRow + i) ?? 0),
      ),
    };
  }

  /** Two columns become one. */
  #halve(): void {
    const before = this.#columns;
    this.#columns = [];
    for (let i = 0; i < before.length; i += 2) {
      const [one, other] = [before[i], before[i + 1]] as [(typeof before)[number], (typeof before)[number] | undefined];
      for (const [row, count] of other?.rows ?? []) one.rows.set(row, (one.rows.get(row) ?? 0) + count);
      this.#columns.push({ toUs: other?.toUs ?? one.toUs, rows: one.rows });
    }
    // All columns were full; of an odd number the last one is half as full as it may be now.
    this.#inLast = before.length % 2 === 0 ? 2 * this.#perColumn : this.#perColumn;
    this.#perColumn *= 2;
  }
}
