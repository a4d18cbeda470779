/** Bytes that are in memory at most: larger events mean fewer of them. */
const MAX_HELD_BYTES = 12 * 1024 * 1024;
/** Smaller events are taken for these. */
const USUAL_EVENT = 1024;

/**
 * How many events a landing still takes: as many as fit into what may be in memory, and none beyond those that may be without an
 * outcome. `published` is what the engine reads and counts down; it is counted up here alone.
 */
export class LandingRoom {
  readonly published: Int32Array;
  readonly #mostOutstanding: number;
  readonly #drained: () => void;
  /** Events that were ever granted, and that have come. */
  #granted: number;
  #came = 0;
  #outstanding = 0;
  #heldBytes = 0;
  #largest = USUAL_EVENT;

  constructor(mostOutstanding: number, drained: () => void) {
    this.#mostOutstanding = mostOutstanding;
    this.#drained = drained;
    this.#granted = this.#allowance;
    this.published = new Int32Array([this.#granted]);
  }

  /** An event of so many bytes came. */
  take(bytes: number): void {
    this.#came++;
    this.#outstanding++;
    if (bytes > this.#largest) this.#largest = bytes;
  }

  /** So many bytes are in memory. */
  hold(bytes: number): void {
    this.#heldBytes = bytes;
  }

  /** So many events have their outcome. */
  settle(events: number): void {
    this.#outstanding -= events;
  }

  /** Publishes what has changed. */
  publish(): void {
    const before = this.published[0] as number;
    // What was granted and has not come may be on its way: only what the engine has not taken yet can be taken back.
    const change = Math.max(this.#came + this.#allowance - this.#granted, -before);
    if (change === 0) return;
    this.#granted += change;
    this.published[0] = before + change;
    if (before === 0) this.#drained();
  }

  get #allowance(): number {
    const fitting = Math.floor((MAX_HELD_BYTES - this.#heldBytes) / this.#largest);
    return Math.max(0, Math.min(fitting, this.#mostOutstanding - this.#outstanding));
  }
}
