import type { Plan, VerifyPlan } from '../../src/plan/plan.ts';
import { readingsOf } from '../../src/plan/readings.ts';
import { type SettledReadings, settleReadings } from '../../src/verify/settle-readings.ts';
import type { SeenRecord } from '../../src/wire/seen-file.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';
import { type Arrival, type History, type OutcomeName, seenOf, sentOf } from './history.ts';
import { testPlan } from './test-plan.ts';

/** One fleet of two devices, its events, and what became of them: at each target that it sends to, and what arrived where it is read. */
export interface Ways {
  identity?: 'fields' | 'none';
  /** By target. */
  sent: Readonly<Record<string, readonly OutcomeName[]>>;
  /** Slots as they arrived, by target that is read; null for a verifier that left nothing. */
  seen: Readonly<Record<string, readonly number[] | null>>;
  /** Absence is proof. */
  complete?: readonly string[];
  doubts?: Readonly<Record<string, string[]>>;
  verify: Omit<Partial<VerifyPlan>, 'read' | 'others' | 'taps'> & { read: string[]; taps?: string[] };
}

const names = ['edge', 'lake', 'files'];

export function planOfWays({ sent, verify, identity = 'fields' }: Ways): Plan {
  const { read, taps, ...rest } = verify;
  const indexOf = (name: string): number => names.indexOf(name);
  const [first, ...others] = read.map(indexOf) as [number, ...number[]];
  const ways = Object.entries(sent);
  const plan = testPlan(
    ways.map(([, { length: slots }]) => ({ devices: 2, slots, identity })),
    {
      ...rest,
      read: first,
      ...(others.length === 0 ? {} : { others }),
      ...(taps === undefined ? {} : { taps: taps.map(indexOf) }),
    },
  );
  return {
    ...plan,
    fleets: plan.fleets.map((fleet, i) => ({
      ...fleet,
      name: 'fleet',
      number: 0,
      target: indexOf(ways[i]?.[0] ?? ''),
    })),
    targets: names.map((name) => ({ name, protocol: 'file', options: {} })),
  };
}

/** The record of what was sent, and what was seen at each reading. */
export function recordsOfWays(ways: Ways): { plan: Plan; sent: SentRecord; seen: (SeenRecord | null)[] } {
  const plan = planOfWays(ways);
  const sent = sentOf(historyOf(ways, Object.values(ways.sent), [], true));
  const seen = readingsOf(plan).map(({ name, plan: own }) => {
    const slots = ways.seen[name] ?? null;
    if (slots === null) return null;
    const outcomes = own.fleets.map(({ slots: count }) => new Array<OutcomeName>(count).fill('acked'));
    const arrivals = slots.map((slot): Arrival => ({ fleet: 0, slot, kind: 'own' }));
    const past = historyOf(ways, outcomes, arrivals, ways.complete?.includes(name) ?? false);
    const identities = own.fleets.map(({ payload }) => payload.identity);
    const record = seenOf({
      ...past,
      fleets: past.fleets.map((fleet, i) => ({ ...fleet, identity: identities[i] ?? 'fields' })),
    });
    if (record.end !== null) record.end.doubts = ways.doubts?.[name] ?? [];
    return record;
  });
  return { plan, sent, seen };
}

export function settleWays(ways: Ways): SettledReadings & { plan: Plan } {
  const { plan, sent, seen } = recordsOfWays(ways);
  return { plan, ...settleReadings(plan, sent, seen) };
}

function historyOf(
  { identity = 'fields' }: Ways,
  outcomes: readonly (readonly OutcomeName[])[],
  arrivals: Arrival[],
  complete: boolean,
): History {
  return {
    fleets: outcomes.map((own) => ({ devices: 2, outcomes: [...own], identity })),
    arrivals,
    graceOver: Number.POSITIVE_INFINITY,
    complete,
  };
}

/** The first n slots. */
export function slots(n: number): number[] {
  return Array.from({ length: n }, (_, slot) => slot);
}

export function acked(n: number): OutcomeName[] {
  return new Array<OutcomeName>(n).fill('acked');
}
