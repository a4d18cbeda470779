import type { EventBatch } from '../../core/event-batch.ts';

const newline = 0x0a;

/** Lines waiting to be written, and which slots they are. Grows to what its writer lets in, and is reused. */
export class LineBuffer {
  bytes = new Uint8Array(256 * 1024);
  /** Bytes used. */
  length = 0;
  events = 0;
  /** How many of the events, from the first on, have their outcome. */
  settled = 0;
  #slots = new Float64Array(1024);
  #sentAtUs = new Float64Array(1024);
  /** First byte after each line. */
  #ends = new Float64Array(1024);
  #fleets = new Int32Array(1024);

  append(batch: EventBatch, atUs: number): void {
    this.#reserve(batch);
    for (let i = 0; i < batch.count; i++) {
      const from = batch.payloads[i] as number;
      const to = batch.ends[i] as number;
      this.bytes.set(batch.bytes.subarray(from, to), this.length);
      this.length += to - from;
      this.bytes[this.length++] = newline;
      const event = this.events++;
      this.#slots[event] = batch.slots[i] as number;
      this.#sentAtUs[event] = atUs;
      this.#ends[event] = this.length;
      this.#fleets[event] = batch.fleet;
    }
  }

  clear(): void {
    this.length = 0;
    this.events = 0;
    this.settled = 0;
  }

  /** How many events end at or before byte `length`. */
  eventsBefore(length: number): number {
    let low = 0;
    let high = this.events;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] as number) <= length) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last byte ≤ `length` that a line ends at; 0 where none does. */
  lineEndBefore(length: number): number {
    if (length >= this.length) return this.length;
    const events = this.eventsBefore(length);
    return events === 0 ? 0 : (this.#ends[events - 1] as number);
  }

  /** Calls `report` for each run of events of one fleet among the events from … to − 1. */
  forEachFleet(
    from: number,
    to: number,
    report: (fleet: number, slots: Float64Array, sentAtUs: Float64Array, count: number) => void,
  ): void {
    let start = from;
    while (start < to) {
      const fleet = this.#fleets[start] as number;
      let end = start + 1;
      while (end < to && this.#fleets[end] === fleet) end++;
      report(fleet, this.#slots.subarray(start, end), this.#sentAtUs.subarray(start, end), end - start);
      start = end;
    }
  }

  #reserve({ count, end }: EventBatch): void {
    this.bytes = grown(this.bytes, this.length + end + count, Uint8Array);
    const events = this.events + count;
    this.#slots = grown(this.#slots, events, Float64Array);
    this.#sentAtUs = grown(this.#sentAtUs, events, Float64Array);
    this.#ends = grown(this.#ends, events, Float64Array);
    this.#fleets = grown(this.#fleets, events, Int32Array);
  }
}

interface Growable<T> extends ArrayLike<number> {
  set(from: T): void;
}

function grown<T extends Growable<T>>(array: T, needed: number, create: new (length: number) => T): T {
  if (needed <= array.length) return array;
  const larger = new create(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}
