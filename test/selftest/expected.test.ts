import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../src/selftest/expected.ts';
import { truthOf } from './truth.ts';

describe('what a run has to report', () => {
  it('of nothing that was done: everything sent, acknowledged and verified', () => {
    const { events, delivery, findings } = expectedOf(10, truthOf(10), { absence: 'missing', repeats: false });
    expect(events).toEqual({
      intended: 10,
      notSent: 0,
      sent: 10,
      acked: 10,
      rejected: 0,
      unknown: 0,
      noAck: 0,
      attempts: 10,
    });
    expect(delivery).toMatchObject({ received: 10, verified: 10, missing: 0, lost: 0, coverage: 1 });
    expect(Object.values(findings).flat()).toEqual([]);
  });

  it('of one of each: every count and every name', () => {
    const truth = truthOf(
      100,
      {
        lose: [9, 3],
        double: [11],
        swap: [21],
        alter: [5],
        'lose-ack': [31],
        swallow: [41],
        refuse: [51],
        'refuse-yet-deliver': [61],
        late: [71, 72, 73],
      },
      { foreign: 2, deliveredLate: [71, 72], overtakenLate: [72] },
    );
    const { events, delivery, findings } = expectedOf(100, truth, { absence: 'missing', repeats: false });
    expect(events).toMatchObject({ sent: 100, acked: 96, rejected: 2, unknown: 2 });
    expect(delivery).toEqual({
      // Of 100: two lost, one altered, one never delivered, one swallowed, two refused.
      verified: 93,
      received: 93 + 1 + 1 + 1 + 2,
      lost: 0,
      missing: 4,
      duplicates: 1,
      permittedDuplicates: 0,
      reordered: 2,
      corrupt: 1,
      late: 0,
      phantom: 1,
      recovered: 1,
      foreign: 2,
      reread: 0,
      unseenUnknown: 1,
      unseenNoAck: 0,
      coverage: 96 / 98,
    });
    expect(findings).toEqual({
      lost: [],
      missing: [3, 5, 9, 73],
      duplicate: [11],
      reordered: [21, 72],
      corrupt: [5],
      phantom: [61],
    });
  });

  it('of what is sent again until it is acknowledged: nothing unknown, and nobody counts the attempts', () => {
    const truth = truthOf(10, { 'lose-ack': [1, 2], swallow: [3], refuse: [4] });
    const { events, delivery } = expectedOf(10, truth, { absence: 'lost', repeats: true });
    expect(events).toEqual({ intended: 10, notSent: 0, sent: 10, acked: 9, rejected: 1, unknown: 0, noAck: 0 });
    expect(delivery).toMatchObject({ received: 9, verified: 9, recovered: 0, unseenUnknown: 0, coverage: 1 });
  });

  it('calls absent events lost where absence is proof', () => {
    const { delivery, findings } = expectedOf(10, truthOf(10, { lose: [4] }), { absence: 'lost', repeats: false });
    expect([delivery.lost, delivery.missing, findings.lost, findings.missing]).toEqual([1, 0, [4], []]);
  });
});
