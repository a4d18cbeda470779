import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviorOf, intendedTimes } from '../../src/events/fleet-behavior.ts';
import type { FleetPlan } from '../../src/plan/plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import { type Settlement, settle } from '../../src/verify/settle.ts';
import type { SeenRecord } from '../../src/wire/seen-file.ts';
import type { SentFleet, SentRecord } from '../../src/wire/sent-record.ts';
import { type Arrival, type History, history, naive, type OutcomeName, planOf, seenOf, sentOf } from './history.ts';
import { testPlan } from './test-plan.ts';

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

  it('equals a naive verifier where events are sent twice by design: only what comes beyond that is a duplicate', () => {
    let permitted = 0;
    let faulty = 0;
    fc.assert(
      fc.property(history, fc.constantFrom(1, 2, 4), (past, denominator) => {
        const behavior = { duplicates: { numerator: 1, denominator } };
        const doubled = { ...past, fleets: past.fleets.map((fleet) => ({ ...fleet, behavior })) };
        const settlement = settled(doubled);
        const { counts, named } = naive(doubled);
        expect(settlement.delivery).toMatchObject(counts);
        expect(settlement.findings.map(({ kind, fleet, slot }) => `${kind} ${fleet} ${slot}`).sort()).toEqual(named);
        expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
        permitted += counts.permittedDuplicates;
        faulty += counts.duplicates;
      }),
      { numRuns: 200 },
    );
    expect(Math.min(permitted, faulty)).toBeGreaterThan(0);
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

  it('settles each target by its own fleets', () => {
    const two = past({
      fleets: [
        { devices: 2, outcomes: acked(4) },
        { devices: 1, outcomes: ['acked', 'rejected'] },
      ],
      arrivals: arrivals([0, 1, 2]),
    });
    const plan = planOf(two);
    plan.targets.push({ name: 'other', protocol: 'file', options: {} });
    Object.assign(plan.fleets[1] as object, { target: 1 });
    const { targets, delivery } = settle({ plan, sent: sentOf(two), seen: seenOf(two) });
    expect(delivery).toMatchObject({ verified: 3, missing: 2 });
    expect(targets).toMatchObject([
      { events: { intended: 4, acked: 4 }, delivery: { verified: 3, missing: 1 } },
      { events: { intended: 2, acked: 1, rejected: 1 }, delivery: { verified: 0, missing: 1 } },
    ]);
  });

  it('knows of each event that an outage held back whether it belongs to the measured window', () => {
    const behavior = { offline: { everyUs: 20_000, forUs: 9_000 } };
    const held = past({
      fleets: [{ devices: 3, outcomes: acked(100), behavior }],
      arrivals: arrivals(Array.from({ length: 100 }, (_, slot) => slot)),
    });
    const plan = planOf(held);
    // 100 events, one a millisecond; measured is what is intended from 30 ms to 70 ms.
    plan.run = { warmUpUs: 30_000, durationUs: 40_000, drainUs: 0 };
    const [fleet] = plan.fleets as [FleetPlan];
    const intendedOf = intendedTimes(createSchedule(fleet.schedule), 3, behaviorOf(plan, fleet));
    const intended = Array.from({ length: 100 }, (_, slot) => intendedOf(slot));
    const moved = (us: number): boolean => us >= 30_000 && us < 70_000;
    expect(intended.some((us, slot) => moved(us) !== moved(slot * 1_000))).toBe(true);
    const brokenWith = (samples: number): string[] => {
      const seen = seenOf(held);
      seen.fleets[0]?.endToEnd.cells.set(5, samples);
      return settle({ plan, sent: sentOf(held), seen })
        .laws.filter(({ holds }) => !holds)
        .map(({ law }) => law);
    };
    const measured = intended.filter(moved).length;
    expect(brokenWith(measured)).toEqual([]);
    expect(brokenWith(measured + 1)).toEqual(['end-to-end samples = first arrivals intended in the measured window']);
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

  it('takes what arrived of a cut-off run beyond its promise for a phantom: it cannot have been sent', () => {
    const cut = past({ fleets: [{ devices: 2, outcomes: ['acked', 'rejected', 'unknown', 'notSent'] }] });
    const sent = { ...sentOf(cut), end: null };
    const { delivery, events, laws } = settle({ plan: planOf(cut), sent, seen: seenOf(cut) });
    expect(events).toMatchObject({ acked: 1, rejected: 1, unknown: 1, notSent: 1 });
    expect(delivery).toMatchObject({ phantom: 2, recovered: 1, verified: 2 });
    expect(laws.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('notices when an arrival or an outcome goes astray', () => {
    const seen = seenOf(past({}));
    seen.unattributed.received++;
    const broken = (sent: SentRecord, read: SeenRecord): string[] =>
      settle({ plan: planOf(past({})), sent, seen: read })
        .laws.filter(({ holds }) => !holds)
        .map(({ law }) => law);
    expect(broken(sentOf(past({})), seen)).toEqual([
      'received = first + duplicates + permitted duplicates + corrupt + foreign',
    ]);

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

  it('takes a slot picked up and never settled for a defect, unless a worker died or the record was cut off', () => {
    const orphaned = (end: SentRecord['end']): string[] => {
      const sent = {
        ...sentOf(past({ fleets: [{ devices: 2, outcomes: ['acked', 'acked', 'acked', 'unknown'] }] })),
        end,
      };
      (sent.fleets[0] as SentFleet).orphaned = 1;
      return settle({ plan: planOf(past({})), sent, seen: seenOf(past({})) })
        .laws.filter(({ holds }) => !holds)
        .map(({ law }) => law);
    };
    for (const ended of ['completed', 'interrupted', 'aborted']) {
      expect(orphaned({ ended })).toEqual(['every slot picked up has an outcome']);
    }
    expect(orphaned({ ended: 'worker-died' })).toEqual([]);
    expect(orphaned(null)).toEqual([]);
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
