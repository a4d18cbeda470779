import { expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { InFlight } from '../../../src/targets/mqtt/in-flight.ts';
import { Settlements } from '../../../src/targets/mqtt/settlements.ts';
import { SinkRecord } from '../../contracts/sink.ts';

function open() {
  const record = new SinkRecord();
  const settlements = new Settlements([0], record);
  const inFlight = new InFlight(4);
  const settled = (outcome: Outcome, act: () => void): void => {
    settlements.begin(outcome, 'test', 9);
    act();
    settlements.flush();
  };
  const unanswered = (): number[] => {
    const ids: number[] = [];
    inFlight.forEachUnanswered((id) => ids.push(id));
    return ids;
  };
  const released = (): number[] => {
    const ids: number[] = [];
    inFlight.forEachReleased((id) => ids.push(id));
    return ids;
  };
  return { record, settlements, inFlight, settled, unanswered, released };
}

it('what the broker has received still waits, and is settled by its last answer', () => {
  const { record, settlements, inFlight, settled, unanswered, released } = open();
  const [first, second] = [inFlight.add(0, 1, 1), inFlight.add(0, 2, 2)];
  inFlight.receive(first);
  expect([inFlight.waiting, inFlight.oldestSentAtUs, record.outcomes.size]).toEqual([2, 1, 0]);
  expect([unanswered(), released()]).toEqual([[second], [first]]);
  settled(Outcome.acked, () => expect(inFlight.acknowledge(first, settlements)).toBe(true));
  expect([...record.outcomes.keys()]).toEqual(['0/1']);
  expect([inFlight.waiting, released()]).toEqual([1, []]);
});

it('what was given up is released all the same, and settles nothing when that is answered', () => {
  const { record, settlements, inFlight, settled, unanswered, released } = open();
  const [late, half] = [inFlight.add(0, 1, 1), inFlight.add(0, 2, 2)];
  inFlight.receive(half);
  settled(Outcome.unknown, () => expect(inFlight.expire(5, settlements)).toBe(2));
  expect([inFlight.waiting, inFlight.expired, inFlight.abandoned]).toEqual([0, 1, 1]);
  inFlight.receive(late);
  expect([inFlight.expired, inFlight.abandoned, unanswered(), released()]).toEqual([0, 2, [], [late, half]]);
  settled(Outcome.acked, () => {
    expect(inFlight.acknowledge(late, settlements)).toBe(false);
    expect(inFlight.acknowledge(half, settlements)).toBe(false);
  });
  expect(inFlight.abandoned).toBe(0);
  expect([...record.outcomes.values()].map(({ outcome }) => outcome)).toEqual([Outcome.unknown, Outcome.unknown]);
});

it.each([
  [1, { expired: 0, abandoned: 0 }],
  [2, { expired: 0, abandoned: 1 }],
] as const)('a resumed session frees what was given up at QoS 1, and must release it at QoS 2: QoS %i', (qos, left) => {
  const { settlements, inFlight, settled, released } = open();
  const given = inFlight.add(0, 1, 1);
  settled(Outcome.unknown, () => inFlight.expire(5, settlements));
  inFlight.resume(qos);
  expect({ expired: inFlight.expired, abandoned: inFlight.abandoned }).toEqual(left);
  expect(released()).toEqual(qos === 2 ? [given] : []);
});
