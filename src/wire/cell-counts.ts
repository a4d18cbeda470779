import { SAMPLE_CELLS } from './samples.ts';

/**
 * Samples per cell for whoever fills and empties it every second: a `Map` would leave its table behind each time. Reads like one.
 */
export class CellCounts {
  readonly #counts = new Uint32Array(SAMPLE_CELLS);
  /** Cells that hold samples, in the order in which they came. */
  #cells = new Uint32Array(256);
  #size = 0;

  /** How many cells hold samples. */
  get size(): number {
    return this.#size;
  }

  add(cell: number, count: number): void {
    const before = this.#counts[cell] as number;
    this.#counts[cell] = before + count;
    if (before > 0 || count === 0) return;
    if (this.#size === this.#cells.length) {
      const wider = new Uint32Array(2 * this.#size);
      wider.set(this.#cells);
      this.#cells = wider;
    }
    this.#cells[this.#size++] = cell;
  }

  get(cell: number): number | undefined {
    return this.#counts[cell] || undefined;
  }

  forEach(visit: (count: number, cell: number) => void): void {
    for (let i = 0; i < this.#size; i++) {
      const cell = this.#cells[i] as number;
      visit(this.#counts[cell] as number, cell);
    }
  }

  clear(): void {
    for (let i = 0; i < this.#size; i++) this.#counts[this.#cells[i] as number] = 0;
    this.#size = 0;
  }
}
