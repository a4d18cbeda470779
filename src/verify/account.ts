import { SlotSet } from '../core/slot-set.ts';
import type { DeliveryCounts, EventCounts } from '../metrics/result.ts';
import type { FleetPlan } from '../plan/plan.ts';
import type { SeenFleet } from '../wire/seen-file.ts';
import type { SentFleet } from '../wire/sent-record.ts';
import { noDelivery, type PlainDelivery } from './delivery-counts.ts';
import { extraCopies } from './extra-copies.ts';

/** Counts of a fleet, a target or the run. */
export interface FleetSettlement {
  events: EventCounts;
  delivery: DeliveryCounts;
}

/** One fleet while it is being settled, with the sets behind its counts. */
export interface FleetAccount {
  plan: FleetPlan;
  index: number;
  sent: SentFleet;
  seen: SeenFleet | null;
  events: EventCounts;
  delivery: PlainDelivery;
  /** Acknowledged and not seen. */
  absent: SlotSet;
  phantom: SlotSet;
  /** Seen more often than is no fault. */
  repeated: SlotSet;
}

/**
 * Settles one fleet. `complete` says that absence is proof of loss. `copiesOf` says how many times an event was sent by design; null for
 * once.
 */
export function openAccount(
  plan: FleetPlan,
  index: number,
  sent: SentFleet,
  seen: SeenFleet | null,
  complete: boolean,
  copiesOf: ((slot: number) => number) | null,
): FleetAccount {
  const arrived = seen?.fresh ?? new SlotSet();
  const possible = new SlotSet();
  for (const set of [sent.acked, sent.unknown, sent.noAck]) possible.addAll(set);
  let phantom = SlotSet.difference(arrived, possible);
  if (copiesOf !== null) phantom = withoutDoubled(phantom, sent.rejected, copiesOf);

  const events = countEvents(sent);
  const delivery = noDelivery();
  let repeated = new SlotSet();
  const absent = SlotSet.difference(sent.acked, arrived);
  if (seen !== null && plan.payload.identity === 'none') {
    delivery.duplicates = delivery.permittedDuplicates = delivery.reordered = delivery.corrupt = null;
  } else if (seen !== null) {
    delivery.verified = arrived.count - phantom.count;
    delivery.lost = complete ? absent.count : 0;
    delivery.missing = complete ? 0 : absent.count;
    const { permitted, faulty } = extraCopies(seen, sent.doubling, copiesOf);
    repeated = faulty;
    delivery.duplicates = seen.copies - permitted;
    delivery.permittedDuplicates = permitted;
    delivery.reordered = seen.reordered;
    delivery.corrupt = seen.corrupt;
    delivery.late = seen.late;
    delivery.phantom = phantom.count;
    delivery.recovered = SlotSet.intersection(sent.unknown, arrived).count;
    delivery.unseenUnknown = events.unknown - delivery.recovered;
    delivery.unseenNoAck = SlotSet.difference(sent.noAck, arrived).count;
    delivery.received = arrived.count + seen.copies + seen.corrupt;
  }
  return { plan, index, sent, seen, events, delivery, absent, phantom, repeated };
}

/** Of an event that is sent twice only the first outcome is on record: where that was refused, the second copy may have made it. */
function withoutDoubled(phantom: SlotSet, rejected: SlotSet, copiesOf: (slot: number) => number): SlotSet {
  const left = new SlotSet();
  phantom.forEachInterval((from, to) => {
    for (let slot = from; slot < to; slot++) if (copiesOf(slot) === 1 || !rejected.has(slot)) left.add(slot);
  });
  return left;
}

function countEvents(sent: SentFleet): EventCounts {
  const [acked, rejected, unknown, noAck] = [sent.acked, sent.rejected, sent.unknown, sent.noAck].map(
    (set) => set.count,
  ) as [number, number, number, number];
  const total = acked + rejected + unknown + noAck;
  return {
    intended: sent.intended,
    notSent: sent.intended - total,
    sent: total,
    acked,
    rejected,
    unknown,
    noAck,
    attempts: total + sent.extraAttempts,
  };
}
