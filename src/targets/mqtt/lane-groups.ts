import type { EventBatch } from '../../core/event-batch.ts';
import type { PublishEncoder } from './publish-encoder.ts';

const NONE = -1;

/** Which events of a batch go to which lane, in the batch's order, so that each connection gets one write. */
export class LaneGroups {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  #next = new Int32Array(256);
  readonly #touched: Int32Array;
  /** Number of lanes that have events. */
  count = 0;
  /** Bytes of all PUBLISH frames of the batch. */
  frameBytes = 0;

  constructor(lanes: number) {
    this.#heads = new Int32Array(lanes).fill(NONE);
    this.#tails = new Int32Array(lanes);
    this.#touched = new Int32Array(lanes);
  }

  /** Groups the batch; what was grouped before is forgotten. */
  build(batch: EventBatch, laneOf: (fleet: number, seat: number) => number, encoder: PublishEncoder): void {
    for (let group = 0; group < this.count; group++) this.#heads[this.lane(group)] = NONE;
    this.count = 0;
    this.frameBytes = 0;
    if (batch.count > this.#next.length) this.#next = new Int32Array(batch.capacity);
    const { fleet, count, seats } = batch;
    for (let i = 0; i < count; i++) {
      const lane = laneOf(fleet, seats[i] as number);
      this.frameBytes += encoder.bytesOf(batch, i);
      this.#next[i] = NONE;
      if (this.#heads[lane] === NONE) {
        this.#heads[lane] = i;
        this.#touched[this.count++] = lane;
      } else {
        this.#next[this.#tails[lane] as number] = i;
      }
      this.#tails[lane] = i;
    }
  }

  /** Lane of a group, 0 ≤ group < `count`. */
  lane(group: number): number {
    return this.#touched[group] as number;
  }

  /** First event of a lane that has events. */
  first(lane: number): number {
    return this.#heads[lane] as number;
  }

  /** The next event of the same lane; -1 behind the last. */
  next(event: number): number {
    return this.#next[event] as number;
  }
}
