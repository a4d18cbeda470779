import { createEventBatch } from '../../../src/core/event-batch.ts';
import type { Sink, TargetFleet } from '../../../src/targets/target.ts';
import { appendEvent, type SinkRecord } from '../../contracts/sink.ts';
import type { VirtualClock } from '../../simulation/virtual-clock.ts';

/** Gives events to a sink as the engine does, in virtual time: each lane in the order of its slots, as far as it has room. */
export class Feeder {
  readonly #clock: VirtualClock;
  readonly #sink: Sink;
  readonly #fleet: TargetFleet;
  readonly #waiting: number[][];
  readonly #batch = createEventBatch(64, 64 * 1024);
  #next = 0;

  constructor(clock: VirtualClock, sink: Sink, fleet: TargetFleet, record: SinkRecord) {
    this.#clock = clock;
    this.#sink = sink;
    this.#fleet = fleet;
    this.#waiting = Array.from({ length: sink.lanes }, () => []);
    record.onDrained = () => clock.soon(() => this.#pump());
  }

  /** Slots that were given to the sink or wait for room. */
  get due(): number {
    return this.#next;
  }

  get waiting(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }

  /** So many more slots are due. */
  feed(count: number): void {
    for (const until = this.#next + count; this.#next < until; this.#next++) {
      const lane = this.#sink.laneOf(this.#fleet.index, this.#next % this.#fleet.devices);
      (this.#waiting[lane] as number[]).push(this.#next);
    }
    this.#pump();
  }

  #pump(): void {
    const { room } = this.#sink;
    for (const [lane, waiting] of this.#waiting.entries()) {
      while (waiting.length > 0 && (room[lane] as number) > 0) {
        room[lane] = (room[lane] as number) - 1;
        appendEvent(this.#batch, this.#fleet, waiting.shift() as number);
        if (this.#batch.count === this.#batch.capacity) this.#send();
      }
    }
    this.#send();
  }

  #send(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    batch.fleet = this.#fleet.index;
    this.#sink.send(batch, this.#clock.nowUs());
    batch.bytes.fill(0xee);
    batch.slots.fill(-1);
    batch.count = 0;
    batch.end = 0;
  }
}
