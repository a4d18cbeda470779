/** Slots of several fleets in the order in which they came, with the time at which each was sent. Grows, and may be used again. */
export class SlotList {
  length = 0;
  #slots = new Float64Array(1024);
  #sentAtUs = new Float64Array(1024);
  /** Fleets of runs of slots, and where each run begins. */
  readonly #fleets: number[] = [];
  readonly #starts: number[] = [];

  add(fleet: number, slot: number, sentAtUs: number): void {
    const i = this.length++;
    if (i === this.#slots.length) {
      this.#slots = doubled(this.#slots);
      this.#sentAtUs = doubled(this.#sentAtUs);
    }
    this.#slots[i] = slot;
    this.#sentAtUs[i] = sentAtUs;
    if (this.#fleets.at(-1) === fleet) return;
    this.#fleets.push(fleet);
    this.#starts.push(i);
  }

  clear(): void {
    this.length = 0;
    this.#fleets.length = 0;
    this.#starts.length = 0;
  }

  /** Calls `report` for each run of slots of one fleet; the arrays are the list's own. */
  forEachFleet(report: (fleet: number, slots: Float64Array, sentAtUs: Float64Array, count: number) => void): void {
    for (const [run, start] of this.#starts.entries()) {
      const end = this.#starts[run + 1] ?? this.length;
      const fleet = this.#fleets[run] as number;
      report(fleet, this.#slots.subarray(start, end), this.#sentAtUs.subarray(start, end), end - start);
    }
  }
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
