import type { Micros } from '../core/clock.ts';
import { SlotSet } from '../core/slot-set.ts';
import { total } from '../core/total.ts';
import { behaviorOf, intendedTimes } from '../events/fleet-behavior.ts';
import type { Plan } from '../plan/plan.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import type { SentEnd } from '../wire/sent-record.ts';
import type { FleetAccount, FleetSettlement } from './account.ts';

/** A conservation law, checked. */
export interface Law {
  law: string;
  holds: boolean;
  /** Both sides in figures. */
  detail: string;
}

/** Checks that no event appeared or vanished between the counts. `end` says how the run ended, null for a record that was cut off. */
export function lawsOf(
  plan: Plan,
  accounts: readonly FleetAccount[],
  whole: FleetSettlement,
  end: SentEnd | null,
  seen: SeenRecord | null,
): Law[] {
  const { events } = whole;
  const laws = [
    equal(
      'every slot has one outcome',
      0,
      total(accounts, ({ sent }) => sent.conflicts),
    ),
    equal('intended = not sent + sent', events.intended, Math.max(0, events.notSent) + events.sent),
    equal('sent = acked + rejected + unknown + no_ack', distinctlySent(accounts), events.sent),
  ];
  // Only a worker that died, or a record that was cut off, may leave open what became of a slot.
  if (end !== null && end.ended !== 'worker-died') {
    laws.push(
      equal(
        'every slot picked up has an outcome',
        0,
        total(accounts, ({ sent }) => sent.orphaned),
      ),
    );
  }
  if (seen === null) return laws;

  const { delivery } = whole;
  const sum = (pick: (fleet: FleetAccount) => number): number => total(accounts, pick);
  laws.push(
    equal(
      'received = first + duplicates + permitted duplicates + corrupt + foreign',
      seen.unattributed.received,
      sum(({ delivery: { verified, phantom, duplicates, permittedDuplicates, corrupt } }) => {
        return verified + phantom + (duplicates ?? 0) + (permittedDuplicates ?? 0) + (corrupt ?? 0);
      }) +
        seen.unattributed.corrupt +
        delivery.foreign,
    ),
    equal(
      'acked = acked and seen + lost + missing',
      events.acked,
      sum((fleet) => {
        const { lost, missing } = fleet.delivery;
        if (fleet.seen === null || fleet.plan.payload.identity === 'none') return fleet.events.acked;
        return SlotSet.intersection(fleet.sent.acked, fleet.seen.fresh).count + lost + missing;
      }),
    ),
    equal(
      'unknown = recovered + unseen unknown',
      events.unknown,
      sum(({ delivery: { recovered, unseenUnknown } }) => recovered + unseenUnknown),
    ),
  );
  const samples = sum((fleet) => samplesOf(fleet));
  // A verifier that never learnt the schedule's start measures nothing.
  if (samples > 0) {
    laws.push(
      equal(
        'end-to-end samples = first arrivals intended in the measured window',
        sum((fleet) => seenInWindow(plan, fleet)),
        samples,
      ),
    );
  }
  return laws;
}

function equal(law: string, left: number, right: number): Law {
  return { law, holds: left === right, detail: `${left} and ${right}` };
}

function distinctlySent(accounts: readonly FleetAccount[]): number {
  return total(accounts, ({ sent }) => {
    const union = new SlotSet();
    for (const set of [sent.acked, sent.rejected, sent.unknown, sent.noAck]) union.addAll(set);
    return union.count;
  });
}

function samplesOf({ seen }: FleetAccount): number {
  if (seen === null) return 0;
  let count = seen.endToEnd.rejected;
  for (const samples of seen.endToEnd.cells.values()) count += samples;
  return count;
}

function seenInWindow(plan: Plan, { plan: fleet, seen }: FleetAccount): number {
  if (seen === null) return 0;
  const fromUs = plan.run.warmUpUs;
  const toUs = fromUs + plan.run.durationUs;
  const profile = createSchedule(fleet.schedule);
  const slotAt = (us: Micros): number => Math.min(fleet.slots, profile.dueBy(us));
  // What is held back is sent this much later at most: only near the borders of the window each slot has to be asked.
  const heldUs = fleet.behavior?.offline?.forUs ?? 0;
  const window = new SlotSet();
  window.addInterval(slotAt(fromUs), slotAt(toUs - heldUs));
  const intendedOf = intendedTimes(profile, fleet.devices, behaviorOf(plan, fleet));
  const ask = (from: number, to: number): void => {
    for (let slot = from; slot < to; slot++) {
      const us = intendedOf(slot);
      if (us >= fromUs && us < toUs) window.add(slot);
    }
  };
  ask(slotAt(fromUs - heldUs), slotAt(fromUs));
  ask(Math.max(slotAt(fromUs), slotAt(toUs - heldUs)), slotAt(toUs));
  return SlotSet.intersection(seen.fresh, window).count;
}
