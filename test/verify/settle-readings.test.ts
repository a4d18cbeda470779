import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acked, settleWays, slots } from './several-targets.ts';

describe('settleReadings', () => {
  it('counts slots times targets, and tells each target and what it lacks', () => {
    const { settlement } = settleWays({
      sent: { edge: acked(10), lake: [...acked(9), 'notSent'] },
      seen: { edge: slots(10), lake: slots(9).filter((slot) => slot !== 4) },
      complete: ['lake'],
      verify: { read: ['edge', 'lake'] },
    });
    expect(settlement.events).toMatchObject({ intended: 20, notSent: 1, sent: 19, acked: 19 });
    expect(settlement.delivery).toMatchObject({ identity: 'fields', verified: 18, lost: 1, missing: 0, received: 18 });
    expect(settlement.targets.map(({ events, delivery }) => [events.acked, delivery.verified, delivery.lost])).toEqual([
      [10, 10, 0],
      [9, 8, 1],
      [0, 0, 0],
    ]);
    expect(settlement.targets[2]?.delivery.identity).toBe('not checked');
    expect(settlement.findings).toEqual([{ kind: 'lost', fleet: 1, slot: 4, seat: 0, sequence: 2, target: 'lake' }]);
    expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('judges nothing of what nobody reads', () => {
    const { settlement } = settleWays({
      sent: { edge: acked(10), lake: acked(10) },
      seen: { edge: slots(10) },
      verify: { read: ['edge'] },
    });
    expect(settlement.events.acked).toBe(20);
    expect(settlement.delivery).toMatchObject({ verified: 10, lossUpperBound95: 0.3 });
    expect(settlement.fleets.map(({ delivery }) => delivery.identity)).toEqual(['fields', 'not checked']);
  });

  it('settles what is read elsewhere with what was sent', () => {
    const { settlement } = settleWays({
      sent: { edge: [...acked(8), 'unknown', 'rejected'] },
      seen: { lake: [0, 1, 2, 3, 5, 5, 6, 7, 8, 9] },
      verify: { read: ['lake'] },
    });
    expect(settlement.delivery).toMatchObject({ verified: 8, missing: 1, duplicates: 1, recovered: 1, phantom: 1 });
    expect(settlement.targets[0]?.delivery.identity).toBe('not checked');
    expect(settlement.targets[1]).toMatchObject({ events: { acked: 8 }, delivery: { verified: 8, missing: 1 } });
    expect(settlement.findings.map(({ kind, slot, target, hop }) => [kind, slot, target, hop])).toEqual([
      ['missing', 4, 'lake', 'edge → lake'],
      ['duplicate', 5, 'lake', 'edge → lake'],
      ['phantom', 9, 'lake', undefined],
    ]);
  });

  it('keeps the laws of every reading, whatever arrives', () => {
    const outcome = fc.constantFrom('acked' as const, 'rejected' as const, 'unknown' as const, 'notSent' as const);
    const outcomes = fc.array(outcome, { minLength: 12, maxLength: 12 });
    const arrivals = fc.array(fc.nat(11), { maxLength: 40 });
    fc.assert(
      fc.property(outcomes, outcomes, arrivals, arrivals, arrivals, (edge, files, atEdge, atLake, atFiles) => {
        const { settlement } = settleWays({
          sent: { edge, files },
          seen: { edge: atEdge, lake: atLake, files: atFiles },
          verify: { read: ['lake', 'files'], taps: ['edge'] },
        });
        expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
        const { lost, missing, verified } = settlement.delivery;
        const sums = settlement.targets.map(({ delivery }) => delivery);
        expect(sums.reduce((sum, delivery) => sum + delivery.lost + delivery.missing, 0)).toBe(lost + missing);
        expect(sums.reduce((sum, delivery) => sum + delivery.verified, 0)).toBe(verified);
      }),
    );
  });
});
