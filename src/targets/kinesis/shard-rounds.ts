import type { Clock } from '../../core/clock.ts';
import type { CallFailure, KinesisCalls } from './calls.ts';
import type { ShardReading } from './shard-reading.ts';

/** Calls under way at once: an answer has 10 MiB at most. */
const MAX_CALLS = 32;

/** What happens to the calls about a shard. */
export interface RoundEvents {
  /** Delivers what an answer holds and lets the reading take it. May throw where it is none. */
  read(reading: ShardReading, body: Uint8Array): void;
  /** Tells what went wrong, and what it comes to. */
  failed(reading: ShardReading, error: unknown): CallFailure;
}

/** Makes the calls of all readings, each when it is due, so many at once. */
export class ShardRounds {
  readonly #calls: KinesisCalls;
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #events: RoundEvents;
  /** With what cancels the next call of each. */
  readonly #readings = new Map<ShardReading, () => void>();
  readonly #due: ShardReading[] = [];
  #busy = 0;

  constructor(calls: KinesisCalls, limit: number, clock: Clock, random: () => number, events: RoundEvents) {
    this.#calls = calls;
    this.#limit = limit;
    this.#clock = clock;
    this.#random = random;
    this.#events = events;
  }

  /** Those that are read; not those that have ended. */
  all(): ShardReading[] {
    return [...this.#readings.keys()];
  }

  add(reading: ShardReading): void {
    this.#readings.set(reading, () => {});
    this.#enqueue(reading);
  }

  /** Forgets all readings; what is under way about them comes to nothing. */
  clear(): void {
    for (const cancel of this.#readings.values()) cancel();
    this.#readings.clear();
    this.#due.length = 0;
  }

  #enqueue(reading: ShardReading): void {
    this.#due.push(reading);
    this.#pump();
  }

  #pump(): void {
    while (this.#busy < MAX_CALLS) {
      const reading = this.#due.shift();
      if (reading === undefined) return;
      if (!this.#readings.has(reading)) continue;
      if (reading.gone) {
        this.#readings.delete(reading);
        continue;
      }
      this.#busy++;
      void this.#step(reading).finally(() => {
        this.#busy--;
        this.#next(reading);
        this.#pump();
      });
    }
  }

  async #step(reading: ShardReading): Promise<void> {
    try {
      const step = reading.begin(this.#clock.nowUs());
      if (step.call === 'iterator') {
        const iterator = await this.#calls.iterator(reading.id, step.start);
        if (this.#readings.has(reading)) reading.located(iterator);
        return;
      }
      const body = await this.#calls.getRecords(step.iterator, this.#limit);
      if (this.#readings.has(reading)) this.#events.read(reading, body);
    } catch (error) {
      if (!this.#readings.has(reading)) return;
      reading.failed(this.#events.failed(reading, error), this.#clock.nowUs(), this.#random());
    }
  }

  /** Plans the next call. */
  #next(reading: ShardReading): void {
    if (!this.#readings.has(reading)) return;
    if (reading.done || reading.gone) {
      this.#readings.delete(reading);
      return;
    }
    const waitMs = (reading.dueUs - this.#clock.nowUs()) / 1000;
    if (waitMs <= 0) this.#due.push(reading);
    else
      this.#readings.set(
        reading,
        this.#clock.after(waitMs, () => this.#enqueue(reading)),
      );
  }
}
