import { SlotSet } from '../core/slot-set.ts';
import type { CheckResult } from '../metrics/result.ts';
import type { FleetPlan } from '../plan/plan.ts';
import { emptyArrivals, type SeenFleet } from '../wire/seen-file.ts';
import type { SentFleet } from '../wire/sent-record.ts';
import type { SettledReading } from './settle-readings.ts';

/** What two readings of one fleet do not have in common. */
interface Difference {
  /** Seen at the other one only, though it was taken on this way too. */
  absent: number;
  /** Seen at the other one only, and on this way never sent, refused, or of unknown outcome. */
  untaken: number;
}

/**
 * Whether targets that must hold the same events do: batch and speed layer of one stream. null where no fleet is read at more than one
 * target. What one of them lacks fails it if it was taken there and the reader would have seen it.
 */
export function sameEventsCheck(readings: readonly SettledReading[]): CheckResult | null {
  const judged = readings.filter(({ reading }) => !reading.tap);
  const pairs = judged.flatMap((one) =>
    judged.flatMap((other) =>
      one === other ? [] : fleetsOfBoth(one, other).map((fleets) => ({ one, other, ...fleets })),
    ),
  );
  if (pairs.length === 0) return null;
  const names = [...new Set(pairs.map(({ one }) => one.reading.name))];
  const because = (status: CheckResult['status'], observed: string, reason: string): CheckResult => ({
    name: 'same events',
    expression: `read: [${names.join(', ')}]`,
    status,
    observed,
    reason,
  });
  if (judged.some(({ seen }) => seen === null)) return because('inconclusive', 'not known', 'nothing was read back');
  if (pairs.some(({ plan }) => plan.payload.identity === 'none'))
    return because('inconclusive', 'not known', 'events without identity can only be counted');

  const failures: string[] = [];
  const doubts: string[] = [];
  let common = 0;
  for (const one of judged) {
    const absentAt = pairs.filter((pair) => pair.one === one).map((pair) => differenceOf(pair));
    const absent = absentAt.reduce((sum, difference) => sum + difference.absent, 0);
    const untaken = absentAt.reduce((sum, difference) => sum + difference.untaken, 0);
    const end = one.seen?.end ?? null;
    const { name } = one.reading;
    if (absent > 0) {
      const trusted = end !== null && (end.complete || end.doubts.length === 0);
      if (trusted) failures.push(`${name} lacks ${absent} events that another one holds`);
      else
        doubts.push(
          `${name} lacks ${absent} events, but its reader was not fit: ${end?.doubts.join('; ') ?? 'it did not finish'}`,
        );
    }
    if (untaken > 0) doubts.push(`${untaken} events were not taken on the way to ${name} and arrived on another one`);
    if (end === null) doubts.push(`the verifier of ${name} did not finish`);
  }
  for (const { one, other, seen, otherSeen } of pairs) {
    if (judged.indexOf(one) < judged.indexOf(other)) common += SlotSet.intersection(seen.fresh, otherSeen.fresh).count;
  }
  const observed = `${common} in common`;
  if (failures.length > 0) return because('fail', observed, failures.join('; '));
  if (doubts.length > 0) return because('inconclusive', observed, doubts.join('; '));
  return common === 0 ? because('inconclusive', observed, 'nothing was verified') : because('pass', observed, '');
}

interface Pair {
  plan: FleetPlan;
  sent: SentFleet;
  seen: SeenFleet;
  otherSeen: SeenFleet;
}

/** The fleets that two readings have in common, by what identities call them. */
function fleetsOfBoth(one: SettledReading, other: SettledReading): Pair[] {
  return one.reading.plan.fleets.flatMap((plan, index): Pair[] => {
    const twin = other.reading.plan.fleets.findIndex(({ number }) => number === plan.number);
    const [sent, seen, otherSeen] = [one.sent.fleets[index], one.seen?.fleets[index], other.seen?.fleets[twin]];
    if (twin < 0 || sent === undefined) return [];
    return [{ plan, sent, seen: seen ?? emptyArrivals(), otherSeen: otherSeen ?? emptyArrivals() }];
  });
}

function differenceOf({ sent, seen, otherSeen }: Pair): Difference {
  const absent = SlotSet.difference(otherSeen.fresh, seen.fresh);
  const taken = new SlotSet();
  taken.addAll(sent.acked);
  taken.addAll(sent.noAck);
  const accountable = SlotSet.intersection(absent, taken).count;
  return { absent: accountable, untaken: absent.count - accountable };
}
