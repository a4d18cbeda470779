import { SlotSet } from '../core/slot-set.ts';
import type { Plan } from '../plan/plan.ts';
import type { SentRecord } from '../wire/sent-file.ts';
import type { Ledger } from './ledger.ts';

/** Which events are still to come: those that the target took, or that nobody could acknowledge. */
export class Outstanding {
  readonly #ledger: Ledger;
  #open: { fleet: number; slots: SlotSet }[] = [];
  /** Of events without identity only the number is known. */
  #uncounted = 0;

  constructor(plan: Plan, sent: SentRecord, ledger: Ledger) {
    this.#ledger = ledger;
    plan.fleets.forEach(({ payload }, fleet) => {
      const outcomes = sent.fleets[fleet];
      if (outcomes === undefined) return;
      const slots = new SlotSet();
      slots.addAll(outcomes.acked);
      slots.addAll(outcomes.noAck);
      if (payload.identity === 'none') this.#uncounted += slots.count;
      else this.#open.push({ fleet, slots });
    });
  }

  /** How many have not come yet. */
  count(): number {
    let open = Math.max(0, this.#uncounted - this.#ledger.totals.unidentified);
    for (const entry of this.#open) {
      entry.slots = SlotSet.difference(entry.slots, this.#ledger.seen(entry.fleet));
      open += entry.slots.count;
    }
    return open;
  }
}
