import { expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import { Outstanding } from '../../src/verify/outstanding.ts';
import { noOutcomes, type SentRecord } from '../../src/wire/sent-record.ts';
import { testPlan } from './test-plan.ts';

const fleets = [{ devices: 2, slots: 8 }];
const plan = testPlan(fleets);

function sent(): SentRecord {
  const outcomes = noOutcomes(8);
  outcomes.acked.addInterval(0, 4);
  outcomes.rejected.add(4);
  outcomes.unknown.add(5);
  outcomes.noAck.addInterval(6, 8);
  return {
    header: { runId: 'r1', shard: { index: 0, count: 1 }, fleets: [{ name: 'fleet0', devices: 2, slots: 8 }] },
    end: { ended: 'completed' },
    tornBytes: 0,
    resumptions: 0,
    attempts: [],
    resumeAt: 0,
    fleets: [outcomes],
  };
}

it('waits for what was taken and for what nobody acknowledges, and counts no more often than a tenth of the time', () => {
  let nowUs = 0;
  let reads = 0;
  // Each look at the clock takes 100 µs, and so does a count.
  const clock: Clock = {
    ...systemClock(),
    nowUs: () => {
      reads++;
      nowUs += 100;
      return nowUs;
    },
  };
  const ledger = new Ledger(fleets, { index: 0, count: 1 });
  const outstanding = new Outstanding(plan, sent(), ledger, clock);
  const arrive = (slot: number): void => void ledger.own(0, slot, slot % 2, Math.floor(slot / 2));
  expect(outstanding.count()).toBe(6);
  for (const slot of [0, 1, 5, 6]) arrive(slot);
  expect(outstanding.recent()).toBe(6);
  expect(outstanding.count()).toBe(3);
  arrive(7);
  // The pause is 1 ms after a count of 100 µs: nine looks fall into it, the tenth counts anew, which takes two more.
  reads = 0;
  while (outstanding.recent() === 3) expect(reads).toBeLessThan(11);
  expect(reads).toBe(12);
  expect(outstanding.recent()).toBe(2);
});

it('knows only the number of events without identity', () => {
  const nameless = testPlan([{ devices: 2, slots: 8, identity: 'none' }]);
  const ledger = new Ledger(fleets, { index: 0, count: 1 });
  const outstanding = new Outstanding(nameless, sent(), ledger, systemClock());
  const left = [6, 5, 4, 3, 2, 1, 0, 0];
  for (const open of left) {
    expect(outstanding.count()).toBe(open);
    ledger.unidentified();
  }
});

it('awaits nothing of a fleet that no record speaks of', () => {
  const two = testPlan([...fleets, { devices: 1, slots: 5 }]);
  const outstanding = new Outstanding(two, sent(), new Ledger(two.fleets, { index: 0, count: 1 }), systemClock());
  expect(outstanding.count()).toBe(6);
});
