import { SlotSet } from '../core/slot-set.ts';
import type { TargetPlan } from '../plan/plan.ts';
import type { SeenFleet } from '../wire/seen-file.ts';
import type { SentFleet } from '../wire/sent-record.ts';
import type { Finding } from './findings.ts';
import type { SettledReading } from './settle-readings.ts';

/** Where events of a fleet were seen on their way, one after the other. */
export interface Stop {
  name: string;
  /** Whether events can still be told apart there. */
  named: boolean;
  seen: SeenFleet;
}

/** The way of a fleet's events to one target that is read. */
export interface HopPath {
  /** Where they are known to have been before the first stop: the target they were sent to, or `sent`. */
  from: string;
  sent: SentFleet;
  stops: readonly Stop[];
}

/** The way of the fleet at `place` of the run's plan to where `own` read it, past the taps that expect it too. */
export function pathOf(own: SettledReading, readings: readonly SettledReading[], place: number): HopPath {
  const taps = readings.filter(({ reading }) => reading.tap && reading.fleets.includes(place));
  const stops = [...taps, own].flatMap(({ reading, seen }): Stop[] => {
    const member = reading.fleets.indexOf(place);
    const fleet = seen?.fleets[member];
    const named = reading.plan.fleets[member]?.payload.identity !== 'none';
    return fleet === undefined ? [] : [{ name: reading.name, named, seen: fleet }];
  });
  const index = own.reading.fleets.indexOf(place);
  const behind = own.reading.elsewhere && taps.length === 0;
  return {
    from: behind ? senderOf(own, place) : 'sent',
    sent: own.sent.fleets[index] as SentFleet,
    stops,
  };
}

/** Name of the target that the events were sent to. */
function senderOf({ reading }: SettledReading, place: number): string {
  const target = reading.origins[reading.fleets.indexOf(place)];
  return (reading.plan.targets[target ?? -1] as TargetPlan | undefined)?.name ?? 'sent';
}

/** `edge → lake`. */
export function hopName(path: HopPath, stop: number): string {
  return `${stop === 0 ? path.from : (path.stops[stop - 1] as Stop).name} → ${(path.stops[stop] as Stop).name}`;
}

/** On which hop an event was lost, doubled or altered; null where there is only one way it can have been, or nobody can tell. */
export function hopOfFinding(path: HopPath, { kind, slot }: Finding): string | null {
  const { stops, from } = path;
  if (stops.length === 0 || (stops.length === 1 && from === 'sent')) return null;
  if (kind === 'lost' || kind === 'missing') {
    // A tap may overlook what others saw behind it: what counts is the last stop that has it.
    const last = stops.findLastIndex(({ seen }) => seen.fresh.has(slot));
    return last + 1 < stops.length ? hopName(path, last + 1) : null;
  }
  const first = stops.findIndex(({ seen }) => {
    if (kind === 'duplicate') return seen.doubled.has(slot);
    return kind === 'corrupt' && seen.corruptSlots.includes(slot);
  });
  return first < 0 ? null : hopName(path, first);
}

/** What passed a hop, of events that are known by name. */
export interface PathFlow {
  entered: number;
  arrived: number;
  lost: number;
  overlooked: number;
  duplicates: number;
  corrupt: number;
}

/** What passed the hop to a stop. Entered is what the stop before has seen; before the first, what was acknowledged or could not be. */
export function flowTo(path: HopPath, stop: number): PathFlow {
  const { sent, stops } = path;
  const { seen } = stops[stop] as Stop;
  const before = stops[stop - 1]?.seen;
  const entered = before?.fresh ?? takenOf(sent);
  const absent = SlotSet.difference(entered, seen.fresh);
  const later = new SlotSet();
  for (const { seen: behind } of stops.slice(stop + 1)) later.addAll(behind.fresh);
  const overlooked = SlotSet.intersection(absent, later).count;
  return {
    entered: entered.count,
    arrived: seen.fresh.count,
    lost: absent.count - overlooked,
    overlooked,
    duplicates: before === undefined ? 0 : extraBetween(before, seen),
    corrupt: Math.max(0, seen.corrupt - (before?.corrupt ?? 0)),
  };
}

function takenOf(sent: SentFleet): SlotSet {
  const taken = new SlotSet();
  taken.addAll(sent.acked);
  taken.addAll(sent.noAck);
  return taken;
}

/** Copies that were not there at the stop before: exact up to the third of an event, beyond that by count. */
function extraBetween(before: SeenFleet, after: SeenFleet): number {
  const gained = (key: 'doubled' | 'tripled'): number => SlotSet.difference(after[key], before[key]).count;
  const beyond = ({ copies, doubled, tripled }: SeenFleet): number => copies - doubled.count - tripled.count;
  return gained('doubled') + gained('tripled') + Math.max(0, beyond(after) - beyond(before));
}
