/** More cells than a recorder has. */
const PLACES = 0x100_0000;

/** What a latency distribution needs of the map from its cells to their counts. */
export type Cells = Pick<Map<number, number>, 'get' | 'set' | 'size' | 'keys' | 'values' | typeof Symbol.iterator>;

/**
 * The same as two lists by ascending cell instead of a map, which cost a tenth where cells come in order, as most files have them. What
 * comes out of order is put in order once, before anybody looks.
 */
export class AscendingCells implements Cells {
  #cells: number[] = [];
  #counts: number[] = [];
  #last = -1;
  #ordered = true;

  get cells(): readonly number[] {
    this.#order();
    return this.#cells;
  }

  get counts(): readonly number[] {
    this.#order();
    return this.#counts;
  }

  get size(): number {
    return this.cells.length;
  }

  /** Adds to what the cell has. */
  add(cell: number, count: number): void {
    this.#ordered &&= cell > this.#last;
    this.#last = cell;
    this.#cells.push(cell);
    this.#counts.push(count);
  }

  get(cell: number): number | undefined {
    const at = this.#find(cell);
    return this.#cells[at] === cell ? this.#counts[at] : undefined;
  }

  set(cell: number, count: number): this & Map<number, number> {
    const at = this.#find(cell);
    if (this.#cells[at] === cell) this.#counts[at] = count;
    else this.add(cell, count);
    return this as this & Map<number, number>;
  }

  keys(): MapIterator<number> {
    return this.cells.values() as MapIterator<number>;
  }

  values(): MapIterator<number> {
    return this.counts.values() as MapIterator<number>;
  }

  *[Symbol.iterator](): MapIterator<[number, number]> {
    for (const [i, cell] of this.cells.entries()) yield [cell, this.#counts[i] as number];
  }

  /** Place of the first cell that is not below. */
  #find(cell: number): number {
    const { cells } = this;
    let [low, high] = [0, cells.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cells[middle] as number) < cell) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #order(): void {
    if (this.#ordered) return;
    const [cells, counts] = [this.#cells, this.#counts];
    // A cell and its place in one number, so that the sort compares nothing by a call.
    const places = Float64Array.from(cells, (cell, i) => cell * PLACES + i).sort();
    [this.#cells, this.#counts] = [[], []];
    for (const place of places) {
      const at = place % PLACES;
      const cell = cells[at] as number;
      const count = counts[at] as number;
      if (this.#cells.at(-1) === cell) this.#counts[this.#counts.length - 1] = (this.#counts.at(-1) as number) + count;
      else {
        this.#cells.push(cell);
        this.#counts.push(count);
      }
    }
    this.#last = this.#cells.at(-1) ?? -1;
    this.#ordered = true;
  }
}
