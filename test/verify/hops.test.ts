import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../src/verify/hops.ts';
import { acked, settleWays, slots } from './several-targets.ts';

describe('hopsOf', () => {
  it('has none where events are read where they were sent', () => {
    const { readings } = settleWays({
      sent: { edge: acked(4), lake: acked(4) },
      seen: { edge: slots(4), lake: slots(4) },
      verify: { read: ['edge', 'lake'] },
    });
    expect(hopsOf(readings)).toEqual([]);
  });

  it('tells the one hop behind which events are read', () => {
    const { readings } = settleWays({
      sent: { edge: [...acked(9), 'unknown'] },
      seen: { lake: [0, 1, 2, 2, 2, 4, 5, 6, 7, 8, 9] },
      verify: { read: ['lake'] },
    });
    expect(hopsOf(readings)).toEqual([
      {
        from: 'edge',
        to: 'lake',
        proof: 'identity',
        entered: 9,
        arrived: 9,
        lost: 1,
        duplicates: 2,
        corrupt: 0,
        notes: [],
      },
    ]);
  });

  it('finds the hop on which events were lost and doubled by what a tap has seen', () => {
    const { readings, settlement } = settleWays({
      sent: { edge: acked(10) },
      // 3 is lost ahead of the tap, 5 behind it; 6 is doubled ahead, 7 behind; 8 passed the tap unseen.
      seen: { edge: [0, 1, 2, 4, 5, 6, 6, 7, 9], lake: [0, 1, 2, 4, 6, 6, 7, 7, 8, 9] },
      verify: { read: ['lake'], taps: ['edge'] },
      doubts: { edge: ['the reader lost its session once'] },
    });
    expect(hopsOf(readings)).toEqual([
      {
        from: 'sent',
        to: 'edge',
        proof: 'identity',
        entered: 10,
        arrived: 8,
        lost: 1,
        duplicates: 1,
        corrupt: 0,
        notes: [
          '1 events passed the reader of edge unseen and arrived behind it',
          'edge: the reader lost its session once',
        ],
      },
      {
        from: 'edge',
        to: 'lake',
        proof: 'identity',
        entered: 8,
        arrived: 8,
        lost: 1,
        duplicates: 1,
        corrupt: 0,
        notes: ['edge: the reader lost its session once'],
      },
    ]);
    expect(settlement.findings.map(({ kind, slot, hop }) => [kind, slot, hop])).toEqual([
      ['missing', 3, 'sent → edge'],
      ['missing', 5, 'edge → lake'],
      ['duplicate', 6, 'sent → edge'],
      ['duplicate', 7, 'edge → lake'],
    ]);
  });

  it('counts what is ahead of a tap once, however many targets are behind it', () => {
    const { readings } = settleWays({
      sent: { edge: acked(10) },
      seen: { edge: slots(10), lake: slots(9), files: slots(8) },
      verify: { read: ['lake', 'files'], taps: ['edge'] },
    });
    expect(hopsOf(readings).map(({ from, to, entered, arrived, lost }) => [from, to, entered, arrived, lost])).toEqual([
      ['sent', 'edge', 10, 10, 0],
      ['edge', 'lake', 10, 9, 1],
      ['edge', 'files', 10, 8, 2],
    ]);
  });

  it('says what cannot be proved where events carry no identity', () => {
    const { readings, settlement } = settleWays({
      sent: { edge: acked(10) },
      seen: { edge: slots(10), lake: slots(9) },
      verify: { read: ['lake'], taps: ['edge'], hop: { as: 'string', survives: 'none' } },
    });
    expect(settlement.delivery).toMatchObject({ identity: 'none', verified: 9, missing: 1, duplicates: null });
    expect(settlement.findings).toEqual([]);
    const [first, second] = hopsOf(readings);
    expect(first).toMatchObject({ proof: 'identity', entered: 10, arrived: 10, lost: 0 });
    expect(second).toMatchObject({ proof: 'counts', entered: 10, arrived: 9, lost: null, duplicates: null });
    expect(second?.notes[0]).toBe('1 fewer arrived than entered: at least so many were lost');
    expect(second?.notes[1]).toMatch(/cannot be proved/);
  });

  it('gives the whole loss to the hops, each event to one', () => {
    const arrivals = fc.uniqueArray(fc.nat(19), { maxLength: 20 });
    fc.assert(
      fc.property(arrivals, arrivals, (atEdge, atLake) => {
        const { readings, settlement } = settleWays({
          sent: { edge: acked(20) },
          seen: { edge: atEdge, lake: atLake },
          verify: { read: ['lake'], taps: ['edge'] },
        });
        const lost = hopsOf(readings).reduce((sum, hop) => sum + (hop.lost ?? 0), 0);
        expect(lost).toBe(settlement.delivery.missing);
        for (const hop of ['sent → edge', 'edge → lake']) {
          const named = settlement.findings.filter(
            (finding) => finding.kind === 'missing' && finding.hop === hop,
          ).length;
          expect(hopsOf(readings).find(({ from, to }) => `${from} → ${to}` === hop)?.lost).toBe(named);
        }
      }),
    );
  });
});
