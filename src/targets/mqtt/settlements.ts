import type { Micros } from '../../core/clock.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { SinkEvents } from '../target.ts';

/** Slots per call of `settled`. */
const CAPACITY = 512;

interface FleetColumn {
  slots: Float64Array;
  sentAtUs: Float64Array;
  count: number;
}

/**
 * Collects the slots that one piece of input settles, all with one outcome, and reports them in runs per fleet. Whoever adds also
 * flushes, before anything with another outcome is added.
 */
export class Settlements {
  readonly #events: SinkEvents;
  readonly #columns: FleetColumn[] = [];
  readonly #fleets: readonly number[];
  #outcome: Outcome = 0;
  #reason = '';
  #atUs = 0;

  constructor(fleets: readonly number[], events: SinkEvents) {
    this.#fleets = fleets;
    this.#events = events;
    for (const fleet of fleets) {
      this.#columns[fleet] = { slots: new Float64Array(CAPACITY), sentAtUs: new Float64Array(CAPACITY), count: 0 };
    }
  }

  /** Outcome, reason and time of everything added up to the next `flush`. */
  begin(outcome: Outcome, reason: string, atUs: Micros): void {
    this.#outcome = outcome;
    this.#reason = reason;
    this.#atUs = atUs;
  }

  add(fleet: number, slot: number, sentAtUs: Micros): void {
    const column = this.#columns[fleet] as FleetColumn;
    column.slots[column.count] = slot;
    column.sentAtUs[column.count] = sentAtUs;
    if (++column.count === CAPACITY) this.#report(fleet, column);
  }

  flush(): void {
    for (const fleet of this.#fleets) {
      const column = this.#columns[fleet] as FleetColumn;
      if (column.count > 0) this.#report(fleet, column);
    }
  }

  #report(fleet: number, column: FleetColumn): void {
    const { count } = column;
    column.count = 0;
    this.#events.settled(fleet, column.slots, column.sentAtUs, count, this.#outcome, this.#reason, this.#atUs);
  }
}
