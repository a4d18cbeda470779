import type { Clock, Micros } from '../core/clock.ts';
import { SlotSet } from '../core/slot-set.ts';
import type { Plan } from '../plan/plan.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import type { Ledger } from './ledger.ts';

/** The next count waits this many times as long as the last one took, so that counting never takes the reader's time. */
const PAUSE_PER_COST = 10;

/** Which events are still to come: those that the target took, or that nobody could acknowledge. */
export class Outstanding {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #awaited: { fleet: number; slots: SlotSet }[] = [];
  /** Of events without identity only the number is known. */
  #uncounted = 0;
  #last = 0;
  #nextUs: Micros = Number.NEGATIVE_INFINITY;

  constructor(plan: Plan, sent: SentRecord, ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
    plan.fleets.forEach(({ payload }, fleet) => {
      const outcomes = sent.fleets[fleet];
      if (outcomes === undefined) return;
      const slots = new SlotSet();
      slots.addAll(outcomes.acked);
      slots.addAll(outcomes.noAck);
      if (payload.identity === 'none') this.#uncounted += slots.count;
      else this.#awaited.push({ fleet, slots });
    });
  }

  /** How many have not come yet. */
  count(): number {
    const startUs = this.#clock.nowUs();
    let open = Math.max(0, this.#uncounted - this.#ledger.totals.unidentified);
    for (const { fleet, slots } of this.#awaited) open += SlotSet.differenceCount(slots, this.#ledger.seen(fleet));
    this.#last = open;
    const endUs = this.#clock.nowUs();
    this.#nextUs = endUs + PAUSE_PER_COST * (endUs - startUs);
    return open;
  }

  /** How many had not come a short while ago: what is cheap to ask again and again. */
  recent(): number {
    return this.#clock.nowUs() < this.#nextUs ? this.#last : this.count();
  }
}
