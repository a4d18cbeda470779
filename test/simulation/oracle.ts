import { Outcome } from '../../src/core/outcome.ts';
import type { Verdict } from '../../src/metrics/result.ts';
import type { Setting } from './setting.ts';
import type { SlotTruth, Truth } from './truth.ts';

/** An outcome as the record of a run has it. */
export type Recorded = 'acked' | 'rejected' | 'unknown' | 'noAck' | 'notSent';
const names: readonly Recorded[] = ['acked', 'rejected', 'unknown', 'noAck', 'notSent'];

export function nameOf(outcome: Outcome): Recorded {
  return names[outcome] as Recorded;
}

/** What is known about a run besides its slots. */
export interface Circumstances {
  /** By fleet and slot, of the slots of this shard: what stands in the record. */
  outcomes: readonly (readonly (Recorded | null)[])[];
  /** A second copy of this slot is no fault. */
  mayDouble(fleet: number, slot: number): boolean;
  ended: string | null;
  sentTold: boolean;
  finished: boolean;
  /** The reader has read all that is stored. */
  complete: boolean;
  /** The reader has, or ought to have, doubts about itself. */
  doubts: boolean;
  gaps: number;
}

const MOST_NAMED = 1_000;

/** Counts as a list of everything that happened gives them, without a thought for time or memory. */
export function countsOf(setting: Setting, truth: Truth, { outcomes, mayDouble }: Circumstances) {
  const count = (name: Recorded): number => outcomes.flat().filter((outcome) => outcome === name).length;
  const events = {
    intended: outcomes.flat().filter((outcome) => outcome !== null).length,
    notSent: count('notSent'),
    sent: count('acked') + count('rejected') + count('unknown') + count('noAck'),
    acked: count('acked'),
    rejected: count('rejected'),
    unknown: count('unknown'),
    noAck: count('noAck'),
  };
  const own = truth.arrivals.filter(({ kind }) => kind === 'own');
  const delivery = {
    received: truth.arrivals.length,
    verified: 0,
    lost: 0,
    missing: 0,
    duplicates: 0,
    permittedDuplicates: 0,
    reordered: 0,
    corrupt: truth.arrivals.filter(({ kind }) => kind === 'corrupt').length,
    late: 0,
    phantom: 0,
    recovered: 0,
    foreign: truth.arrivals.filter(({ kind }) => kind === 'foreign').length,
    unseenUnknown: 0,
    unseenNoAck: 0,
  };
  const named: string[] = [];
  for (const { kind, fleet, slot } of truth.arrivals) if (kind === 'corrupt') named.push(`corrupt ${fleet} ${slot}`);
  const absence = truth.complete ? 'lost' : 'missing';

  setting.plan.fleets.forEach(({ devices }, fleet) => {
    const copies = new Map<number, number>();
    const highest = new Map<number, number>();
    for (const { slot, late } of own.filter((arrival) => arrival.fleet === fleet)) {
      const before = copies.get(slot) ?? 0;
      copies.set(slot, before + 1);
      if (before > 0) continue;
      if (late) delivery.late++;
      const device = slot % devices;
      if (slot < (highest.get(device) ?? -1)) {
        delivery.reordered++;
        named.push(`reordered ${fleet} ${slot}`);
      } else highest.set(device, slot);
    }
    (outcomes[fleet] as readonly (Recorded | null)[]).forEach((outcome, slot) => {
      if (outcome === null) return;
      const seen = copies.get(slot) ?? 0;
      if (seen > 1) {
        const permitted = mayDouble(fleet, slot) ? 1 : 0;
        delivery.permittedDuplicates += permitted;
        delivery.duplicates += seen - 1 - permitted;
        if (seen - 1 > permitted) named.push(`duplicate ${fleet} ${slot}`);
      }
      if (seen > 0 && (outcome === 'rejected' || outcome === 'notSent')) {
        delivery.phantom++;
        named.push(`phantom ${fleet} ${slot}`);
      } else if (seen > 0) {
        delivery.verified++;
        if (outcome === 'unknown') delivery.recovered++;
      } else if (outcome === 'acked') {
        delivery[absence]++;
        named.push(`${absence} ${fleet} ${slot}`);
      } else if (outcome === 'unknown') delivery.unseenUnknown++;
      else if (outcome === 'noAck') delivery.unseenNoAck++;
    });
  });
  // Of each kind, so many are named at most.
  const left = new Map<string, number>();
  const kept = named.filter((finding) => {
    const kind = finding.split(' ')[0] as string;
    const room = left.get(kind) ?? MOST_NAMED;
    left.set(kind, room - 1);
    return room > 0;
  });
  return { events, delivery, named: kept.sort() };
}

/** The verdict that these counts call for. */
export function verdictOf(
  { plan, keepsOrder }: Setting,
  { events, delivery }: ReturnType<typeof countsOf>,
  { ended, sentTold, finished, complete, doubts, gaps }: Circumstances,
): Verdict {
  if (ended === 'worker-died') return 'error';
  const expect = plan.verify?.expect;
  const { lost, missing, phantom, corrupt, duplicates, verified, reordered, unseenUnknown, unseenNoAck } = delivery;
  const judgesOrder = plan.verify?.order === true && keepsOrder;
  const loss = expect !== 'at-most-once' && (lost > 0 || (missing > 0 && finished && !doubts));
  const copy = expect !== 'at-least-once' && duplicates > 0;
  if (corrupt > 0 || phantom > 0 || loss || copy || (judgesOrder && reordered > 0)) return 'fail';

  // Who has read everything that is stored has missed nothing, however slow.
  const hides = doubts && !complete && (gaps > 0 || missing + unseenUnknown + unseenNoAck > 0);
  const open =
    !finished ||
    !sentTold ||
    ended !== 'completed' ||
    events.sent === 0 ||
    verified === 0 ||
    (expect !== 'at-most-once' && (events.acked === 0 || missing > 0)) ||
    events.unknown * 99 > events.acked ||
    ((expect !== 'at-least-once' || judgesOrder) && hides);
  return open ? 'inconclusive' : 'pass';
}

/** How a slot may stand in the record of a run that was cut off so many times. */
export function allowedFor({ outcome, durable, left }: SlotTruth, crashes: number): Recorded[] {
  if (outcome !== null) {
    const told = nameOf(outcome);
    return crashes === 0 || durable || outcome === Outcome.unknown ? [told] : [told, 'unknown'];
  }
  if (left > 0) return ['unknown'];
  return crashes === 0 ? ['notSent'] : ['notSent', 'unknown'];
}
