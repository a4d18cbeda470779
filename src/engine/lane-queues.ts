/**
 * First-in-first-out queues of waiting slots, one per lane, in one bounded pool of flat arrays: a waiting slot costs 24 bytes and
 * holds no event, since an event can be made again at any time. Per-lane order is the order of `push`.
 */
export class LaneQueues {
  readonly lanes: number;
  /** Places in the pool, over all lanes. */
  readonly capacity: number;
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #next: Int32Array;
  readonly #fleets: Int32Array;
  readonly #slots: Float64Array;
  readonly #pickedUpUs: Float64Array;
  #free: number;
  #length = 0;

  constructor(lanes: number, capacity: number) {
    this.lanes = lanes;
    this.capacity = capacity;
    this.#heads = new Int32Array(lanes).fill(-1);
    this.#tails = new Int32Array(lanes).fill(-1);
    this.#next = new Int32Array(capacity);
    this.#fleets = new Int32Array(capacity);
    this.#slots = new Float64Array(capacity);
    this.#pickedUpUs = new Float64Array(capacity);
    for (let place = 0; place < capacity; place++) this.#next[place] = place + 1 < capacity ? place + 1 : -1;
    this.#free = capacity > 0 ? 0 : -1;
  }

  /** Waiting slots over all lanes. */
  get length(): number {
    return this.#length;
  }

  isEmpty(lane: number): boolean {
    return this.#heads[lane] === -1;
  }

  /** Appends to the lane's queue; false when the pool is full. */
  push(lane: number, fleet: number, slot: number, pickedUpUs: number): boolean {
    const place = this.#free;
    if (place === -1) return false;
    this.#free = this.#next[place] as number;
    this.#next[place] = -1;
    this.#fleets[place] = fleet;
    this.#slots[place] = slot;
    this.#pickedUpUs[place] = pickedUpUs;
    const tail = this.#tails[lane] as number;
    if (tail === -1) this.#heads[lane] = place;
    else this.#next[tail] = place;
    this.#tails[lane] = place;
    this.#length++;
    return true;
  }

  /** Fleet at the head of a non-empty lane. */
  headFleet(lane: number): number {
    return this.#fleets[this.#heads[lane] as number] as number;
  }

  /** Slot at the head of a non-empty lane. */
  headSlot(lane: number): number {
    return this.#slots[this.#heads[lane] as number] as number;
  }

  /** When the head of a non-empty lane was picked up, monotonic µs. */
  headPickedUpUs(lane: number): number {
    return this.#pickedUpUs[this.#heads[lane] as number] as number;
  }

  /** Removes the head of a non-empty lane. */
  shift(lane: number): void {
    const place = this.#heads[lane] as number;
    const next = this.#next[place] as number;
    this.#heads[lane] = next;
    if (next === -1) this.#tails[lane] = -1;
    this.#next[place] = this.#free;
    this.#free = place;
    this.#length--;
  }
}
