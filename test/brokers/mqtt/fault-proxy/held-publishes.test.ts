import { expect, it } from 'vitest';
import { HeldPublishes } from '../../../../src/brokers/mqtt/fault-proxy/held-publishes.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

function holding(...topics: string[]) {
  const clock = new VirtualClock(0);
  const held = new HeldPublishes(clock);
  const released: string[] = [];
  topics.forEach((topic, ordinal) => {
    const record = { kind: 'reorder' as const, ordinal, topic, payload: Buffer.alloc(0) };
    held.add(Buffer.from(topic), record, 100, (frame) => released.push(frame.toString()));
  });
  return { clock, held, released };
}

it('gives one back to what overtakes it on its topic, once', () => {
  const { clock, held, released } = holding('a', 'b');
  expect(held.take('a')).toMatchObject({ frame: Buffer.from('a'), record: { ordinal: 0 } });
  expect(held.take('a')).toBeUndefined();
  expect(held.size).toBe(1);
  clock.advanceTo(1_000_000);
  expect(released).toEqual(['b']);
  expect(held.size).toBe(0);
});

it('gives all back in the order they came, and releases none of them later', () => {
  const { clock, held, released } = holding('b', 'a');
  expect(held.takeAll().map(String)).toEqual(['b', 'a']);
  clock.advanceTo(1_000_000);
  expect(released).toEqual([]);
});
