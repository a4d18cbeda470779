import fc from 'fast-check';
import type { Part } from '../../src/core/anchor.ts';
import { copiesByDesign } from '../../src/events/fleet-behavior.ts';
import type { BehaviorSpec } from '../../src/models/behavior/spec.ts';
import type { Identity } from '../../src/plan/plan.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { emptyArrivals, type SeenRecord } from '../../src/wire/seen-file.ts';
import { noOutcomes, type SentFleet, type SentRecord } from '../../src/wire/sent-record.ts';
import { testPlan } from './test-plan.ts';

const outcomes = ['acked', 'rejected', 'unknown', 'noAck', 'notSent'] as const;
export type OutcomeName = (typeof outcomes)[number];

/** One thing that a reader met. */
export type Arrival = { fleet: number; slot: number; kind: 'own' | 'corrupt' | 'foreign' };

export interface History {
  fleets: { devices: number; outcomes: OutcomeName[]; identity?: Identity; behavior?: BehaviorSpec }[];
  arrivals: Arrival[];
  /** Arrivals from here on come when the grace is over. */
  graceOver: number;
  complete: boolean;
}

const whole: Part = { index: 0, count: 1 };

export const history: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      devices: fc.integer({ min: 1, max: 6 }),
      outcomes: fc.array(fc.constantFrom('acked' as const, ...outcomes), { minLength: 1, maxLength: 40 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .chain((fleets) => {
    const arrival = fc.nat(fleets.length - 1).chain((fleet) =>
      fc.record({
        fleet: fc.constant(fleet),
        slot: fc.nat((fleets[fleet]?.outcomes.length ?? 1) - 1),
        kind: fc.constantFrom('own' as const, 'own' as const, 'own' as const, 'corrupt' as const, 'foreign' as const),
      }),
    );
    return fc.record({
      fleets: fc.constant(fleets),
      arrivals: fc.array(arrival, { maxLength: 120 }),
      graceOver: fc.nat(150),
      complete: fc.boolean(),
    });
  });

export function planOf({ fleets }: History) {
  return testPlan(
    fleets.map(({ devices, outcomes: { length }, identity = 'fields', behavior }) => ({
      devices,
      slots: length,
      identity,
      behavior,
    })),
  );
}

function headerOf({ fleets }: History, shard: Part) {
  return {
    runId: 'r1',
    shard,
    fleets: fleets.map(({ devices, outcomes: { length } }, i) => ({ name: `fleet${i}`, devices, slots: length })),
  };
}

/** What the sender of a shard has on record. */
export function sentOf(history: History, shard = whole): SentRecord {
  return {
    header: headerOf(history, shard),
    end: { ended: 'completed' },
    tornBytes: 0,
    resumptions: 0,
    attempts: [],
    resumeAt: 0,
    fleets: history.fleets.map(({ devices, outcomes }): SentFleet => {
      const ordinals = new PartOrdinals(shard, devices);
      const record = noOutcomes(ordinals.below(outcomes.length));
      outcomes.forEach((outcome, slot) => {
        if (outcome !== 'notSent' && ordinals.owns(slot)) record[outcome].add(slot);
      });
      return record;
    }),
  };
}

/** What the ledger of a shard makes of the arrivals of all shards, added up as a reader of the file would. */
export function seenOf(history: History, shard = whole): SeenRecord {
  const ledger = new Ledger(
    history.fleets.map(({ devices, outcomes: { length } }) => ({ devices, slots: length })),
    shard,
    copiesByDesign(planOf(history)),
  );
  const record: SeenRecord = {
    header: headerOf(history, shard),
    end: {
      complete: history.complete,
      source: { gaps: 0, fullReads: 0, brokerDropped: null },
      cpuSeconds: 0,
      peakRssBytes: 0,
      doubts: [],
      signals: [],
    },
    tornBytes: 0,
    resumptions: 0,
    resumeAt: 0,
    positions: null,
    unattributed: { received: 0, foreign: 0, unidentified: 0, corrupt: 0 },
    fleets: history.fleets.map(() => emptyArrivals()),
  };
  history.arrivals.forEach(({ fleet, slot, kind }, i) => {
    if (i === history.graceOver) ledger.endGrace();
    const { devices, identity } = history.fleets[fleet] as History['fleets'][number];
    if (kind === 'foreign') ledger.foreign();
    else if (identity === 'none') ledger.unidentified();
    else if (kind === 'corrupt') ledger.corrupt(fleet, slot);
    else ledger.own(fleet, slot, slot % devices, Math.floor(slot / devices));
    if (i % 17 === 0) collect(ledger, record);
  });
  collect(ledger, record);
  return record;
}

function collect(ledger: Ledger, record: SeenRecord): void {
  ledger.takeGain((unattributed, fleets) => {
    for (const key of ['received', 'foreign', 'unidentified', 'corrupt'] as const) {
      record.unattributed[key] += unattributed[key];
    }
    fleets.forEach((gained, index) => {
      const sum = record.fleets[index] as SeenRecord['fleets'][number];
      sum.fresh.addAll(gained.fresh);
      sum.doubled.addAll(gained.doubled);
      sum.tripled.addAll(gained.tripled);
      for (const key of ['copies', 'reordered', 'corrupt', 'late'] as const) sum[key] += gained[key];
      sum.reorderedSlots.push(...gained.reorderedSlots);
      sum.corruptSlots.push(...gained.corruptSlots);
    });
  });
}

/** The same answer from lists, without a thought for memory. */
export function naive(history: History) {
  const counts = {
    received: history.arrivals.length,
    verified: 0,
    lost: 0,
    missing: 0,
    duplicates: 0,
    permittedDuplicates: 0,
    reordered: 0,
    corrupt: history.arrivals.filter(({ kind }) => kind === 'corrupt').length,
    late: 0,
    phantom: 0,
    recovered: 0,
    foreign: history.arrivals.filter(({ kind }) => kind === 'foreign').length,
    unseenUnknown: 0,
    unseenNoAck: 0,
  };
  const named: string[] = [];
  const byDesign = copiesByDesign(planOf(history));
  history.fleets.forEach((fleet, index) => {
    const own = history.arrivals
      .map((arrival, i) => ({ ...arrival, late: i >= history.graceOver }))
      .filter((a) => a.fleet === index);
    const valid = own.filter(({ kind }) => kind === 'own');
    const first = valid.filter((a, i) => valid.findIndex((b) => b.slot === a.slot) === i);
    const copiesOf = byDesign[index] ?? (() => 1);
    const permitted = first.filter(
      ({ slot }) => copiesOf(slot) > 1 && valid.filter((a) => a.slot === slot).length > 1,
    ).length;
    counts.permittedDuplicates += permitted;
    counts.duplicates += valid.length - first.length - permitted;
    counts.late += first.filter(({ late }) => late).length;
    for (const [i, a] of first.entries()) {
      const overtaken = first
        .slice(0, i)
        .some((b) => b.slot % fleet.devices === a.slot % fleet.devices && b.slot > a.slot);
      if (!overtaken) continue;
      counts.reordered++;
      named.push(`reordered ${index} ${a.slot}`);
    }
    for (const { slot } of own.filter(({ kind }) => kind === 'corrupt')) named.push(`corrupt ${index} ${slot}`);
    fleet.outcomes.forEach((outcome, slot) => {
      const copies = valid.filter((a) => a.slot === slot).length;
      if (copies > copiesOf(slot)) named.push(`duplicate ${index} ${slot}`);
      const seen = copies > 0;
      if (seen && ((outcome === 'rejected' && copiesOf(slot) === 1) || outcome === 'notSent')) {
        counts.phantom++;
        named.push(`phantom ${index} ${slot}`);
      } else if (seen) counts.verified++;
      if (seen && outcome === 'unknown') counts.recovered++;
      if (seen) return;
      if (outcome === 'unknown') counts.unseenUnknown++;
      if (outcome === 'noAck') counts.unseenNoAck++;
      if (outcome !== 'acked') return;
      counts[history.complete ? 'lost' : 'missing']++;
      named.push(`${history.complete ? 'lost' : 'missing'} ${index} ${slot}`);
    });
  });
  return { counts, named: named.sort() };
}
