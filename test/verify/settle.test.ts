import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet } from '../../src/core/slot-set.ts';
import type { Identity } from '../../src/plan/plan.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import { type Settlement, settle } from '../../src/verify/settle.ts';
import { emptyArrivals, type SeenRecord } from '../../src/wire/seen-file.ts';
import type { SentFleet, SentRecord } from '../../src/wire/sent-file.ts';
import { testPlan } from './test-plan.ts';

const outcomes = ['acked', 'rejected', 'unknown', 'noAck', 'notSent'] as const;
type OutcomeName = (typeof outcomes)[number];

/** One thing that a reader met. */
type Arrival = { fleet: number; slot: number; kind: 'own' | 'corrupt' | 'foreign' };

interface History {
  fleets: { devices: number; outcomes: OutcomeName[]; identity?: Identity }[];
  arrivals: Arrival[];
  /** Arrivals from here on come when the grace is over. */
  graceOver: number;
  complete: boolean;
}

const whole = { index: 0, count: 1 };

const history: fc.Arbitrary<History> = fc
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

function planOf({ fleets }: History) {
  return testPlan(
    fleets.map(({ devices, outcomes: { length }, identity = 'fields' }) => ({ devices, slots: length, identity })),
  );
}

function headerOf({ fleets }: History) {
  return {
    runId: 'r1',
    shard: whole,
    fleets: fleets.map(({ devices, outcomes: { length } }, i) => ({ name: `fleet${i}`, devices, slots: length })),
  };
}

function sentOf(history: History): SentRecord {
  return {
    header: headerOf(history),
    end: { ended: 'completed' },
    tornBytes: 0,
    fleets: history.fleets.map((fleet): SentFleet => {
      const sets = { acked: new SlotSet(), rejected: new SlotSet(), unknown: new SlotSet(), noAck: new SlotSet() };
      fleet.outcomes.forEach((outcome, slot) => {
        if (outcome !== 'notSent') sets[outcome].add(slot);
      });
      return { intended: fleet.outcomes.length, ...sets, orphaned: 0, extraAttempts: 0, conflicts: 0 };
    }),
  };
}

/** What the ledger makes of the arrivals, added up as a reader of the file would. */
function seenOf(history: History): SeenRecord {
  const ledger = new Ledger(
    history.fleets.map(({ devices, outcomes: { length } }) => ({ devices, slots: length })),
    whole,
  );
  const record: SeenRecord = {
    header: headerOf(history),
    end: {
      complete: history.complete,
      source: { gaps: 0, fullReads: 0, brokerDropped: null },
      cpuSeconds: 0,
      peakRssBytes: 0,
      doubts: [],
      signals: [],
    },
    tornBytes: 0,
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
      for (const key of ['copies', 'reordered', 'corrupt', 'late'] as const) sum[key] += gained[key];
      sum.reorderedSlots.push(...gained.reorderedSlots);
      sum.corruptSlots.push(...gained.corruptSlots);
    });
  });
}

/** The same answer from lists, without a thought for memory. */
function naive(history: History) {
  const counts = {
    received: history.arrivals.length,
    verified: 0,
    lost: 0,
    missing: 0,
    duplicates: 0,
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
  history.fleets.forEach((fleet, index) => {
    const own = history.arrivals
      .map((arrival, i) => ({ ...arrival, late: i >= history.graceOver }))
      .filter((a) => a.fleet === index);
    const valid = own.filter(({ kind }) => kind === 'own');
    const first = valid.filter((a, i) => valid.findIndex((b) => b.slot === a.slot) === i);
    counts.duplicates += valid.length - first.length;
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
      if (copies > 1) named.push(`duplicate ${index} ${slot}`);
      const seen = copies > 0;
      if (seen && (outcome === 'rejected' || outcome === 'notSent')) {
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

function settled(history: History): Settlement {
  return settle({ plan: planOf(history), sent: sentOf(history), seen: seenOf(history) });
}

describe('settle', () => {
  it('equals a naive verifier on any history, and its laws hold', () => {
    fc.assert(
      fc.property(history, (past) => {
        const settlement = settled(past);
        const { counts, named } = naive(past);
        expect(settlement.delivery).toMatchObject(counts);
        expect(settlement.findings.map(({ kind, fleet, slot }) => `${kind} ${fleet} ${slot}`).sort()).toEqual(named);
        for (const { slot, seat, sequence, fleet } of settlement.findings) {
          expect(sequence * (past.fleets[fleet]?.devices ?? 0) + seat).toBe(slot);
        }
        expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);

        const of = (name: OutcomeName): number =>
          past.fleets.flatMap((fleet) => fleet.outcomes).filter((o) => o === name).length;
        const { events } = settlement;
        expect(events).toEqual({
          intended: past.fleets.flatMap((fleet) => fleet.outcomes).length,
          notSent: of('notSent'),
          sent: events.intended - of('notSent'),
          acked: of('acked'),
          rejected: of('rejected'),
          unknown: of('unknown'),
          noAck: of('noAck'),
          attempts: events.sent,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('adds up fleets to the whole', () => {
    fc.assert(
      fc.property(history, (past) => {
        const { delivery, events, fleets, targets } = settled(past);
        const sum = (key: 'verified' | 'missing' | 'lost' | 'phantom' | 'recovered'): number =>
          fleets.reduce((total, fleet) => total + fleet.delivery[key], 0);
        for (const key of ['verified', 'missing', 'lost', 'phantom', 'recovered'] as const)
          expect(sum(key)).toBe(delivery[key]);
        expect(fleets.reduce((total, fleet) => total + fleet.events.acked, 0)).toBe(events.acked);
        expect(targets).toEqual([{ delivery, events }]);
      }),
      { numRuns: 50 },
    );
  });

  const acked = (count: number): OutcomeName[] => Array.from({ length: count }, () => 'acked');
  const arrivals = (slots: readonly number[]): Arrival[] => slots.map((slot) => ({ fleet: 0, slot, kind: 'own' }));
  const past = (change: Partial<History>): History => ({
    fleets: [{ devices: 2, outcomes: acked(4) }],
    arrivals: arrivals([0, 1, 2, 3]),
    graceOver: 100,
    complete: false,
    ...change,
  });

  it('calls the same absence lost with proof and missing without', () => {
    expect(settled(past({ arrivals: arrivals([0, 1, 3]) })).delivery).toMatchObject({ lost: 0, missing: 1 });
    expect(settled(past({ arrivals: arrivals([0, 1, 3]), complete: true })).delivery).toMatchObject({
      lost: 1,
      missing: 0,
    });
  });

  it('bounds the loss', () => {
    expect(settled(past({})).delivery).toMatchObject({ coverage: 1, lossUpperBound95: 3 / 4 });
    const thousand = past({ fleets: [{ devices: 1, outcomes: acked(1_000) }], arrivals: [] });
    expect(settled(thousand).delivery.lossUpperBound95).toBe(1);
    const one = past({
      fleets: [{ devices: 1, outcomes: acked(1_000) }],
      arrivals: arrivals(Array.from({ length: 999 }, (_, i) => i)),
    });
    // The exact Poisson bound for one event is 4.744.
    expect(settled(one).delivery.lossUpperBound95).toBeCloseTo(4.744e-3, 4);
  });

  it('treats unknown as neither lost nor acknowledged', () => {
    const { delivery } = settled(
      past({
        fleets: [{ devices: 2, outcomes: ['unknown', 'unknown', 'acked', 'acked'] }],
        arrivals: arrivals([0, 2, 3]),
      }),
    );
    expect(delivery).toMatchObject({ missing: 0, recovered: 1, unseenUnknown: 1, coverage: 0.5, phantom: 0 });
  });

  it('only counts where there is no identity, and names nobody', () => {
    const counted = past({
      fleets: [{ devices: 2, outcomes: ['acked', 'acked', 'acked', 'rejected'], identity: 'none' }],
      arrivals: arrivals([0, 0]),
    });
    const { delivery, findings, laws } = settled(counted);
    expect(delivery).toMatchObject({
      identity: 'none',
      verified: 2,
      missing: 1,
      duplicates: null,
      reordered: null,
      corrupt: null,
    });
    expect(findings).toEqual([]);
    expect(laws.filter(({ holds }) => !holds)).toEqual([]);
    const more = settled({ ...counted, arrivals: arrivals([0, 0, 1, 1, 2]) }).delivery;
    expect(more).toMatchObject({ verified: 3, missing: 0, foreign: 2 });
  });

  it('does not check what was not asked', () => {
    const plan = { ...planOf(past({})), verify: null };
    const { delivery, laws } = settle({ plan, sent: sentOf(past({})), seen: null });
    expect(delivery).toMatchObject({
      identity: 'not checked',
      expect: 'not asked',
      missing: 0,
      lossUpperBound95: null,
    });
    expect(laws.every(({ holds }) => holds)).toBe(true);
  });

  it('takes what a cut-off record does not know for unknown, never for a phantom', () => {
    const cut = past({ fleets: [{ devices: 2, outcomes: ['acked', 'rejected', 'notSent', 'notSent'] }] });
    const sent = { ...sentOf(cut), end: null };
    const { delivery, events, laws } = settle({ plan: planOf(cut), sent, seen: seenOf(cut) });
    expect(events).toMatchObject({ acked: 1, rejected: 1, unknown: 2, notSent: 0 });
    expect(delivery).toMatchObject({ phantom: 1, recovered: 2, verified: 3 });
    expect(laws.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('notices when an arrival or an outcome goes astray', () => {
    const seen = seenOf(past({}));
    seen.unattributed.received++;
    const broken = (sent: SentRecord, read: SeenRecord): string[] =>
      settle({ plan: planOf(past({})), sent, seen: read })
        .laws.filter(({ holds }) => !holds)
        .map(({ law }) => law);
    expect(broken(sentOf(past({})), seen)).toEqual(['received = first + duplicates + corrupt + foreign']);

    const twice = sentOf(past({}));
    twice.fleets[0]?.rejected.add(2);
    expect(broken(twice, seenOf(past({})))).toContain('sent = acked + rejected + unknown + no_ack');

    const conflict = sentOf(past({}));
    (conflict.fleets[0] as SentFleet).conflicts = 1;
    expect(broken(conflict, seenOf(past({})))).toEqual(['every slot has one outcome']);

    const timed = seenOf(past({}));
    timed.fleets[0]?.endToEnd.cells.set(5, 3);
    expect(broken(sentOf(past({})), timed)).toEqual([
      'end-to-end samples = first arrivals intended in the measured window',
    ]);
  });

  it('refuses files of different runs', () => {
    const [plan, sent, seen] = [planOf(past({})), sentOf(past({})), seenOf(past({}))];
    const corrupt = expect.objectContaining({ code: 'file-corrupt' });
    const other = { ...seen, header: { ...seen.header, runId: 'r2' } };
    expect(() => settle({ plan, sent, seen: other })).toThrow(corrupt);
    expect(() => settle({ plan: testPlan([{ devices: 2, slots: 5 }]), sent, seen })).toThrow(corrupt);
    const shard = { ...sent, header: { ...sent.header, shard: { index: 0, count: 2 } } };
    expect(() => settle({ plan, sent: shard, seen })).toThrow(corrupt);
  });

  it('counts seats of another shard as foreign', () => {
    const ledger = new Ledger([{ devices: 4, slots: 8 }], { index: 1, count: 2 });
    for (let slot = 0; slot < 8; slot++) ledger.own(0, slot, slot % 4, Math.floor(slot / 4));
    expect(ledger.totals).toMatchObject({ received: 8, seen: 4, foreign: 4 });
  });
});
