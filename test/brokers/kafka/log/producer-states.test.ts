import { expect, it } from 'vitest';
import { ProducerStates, sequenceBehind } from '../../../../src/brokers/kafka/log/producer-states.ts';

const LAST_SEQUENCE = 0x7fff_ffff;

it('remembers five batches of a producer, and each by its first and last sequence', () => {
  const states = new ProducerStates();
  for (let i = 0; i < 6; i++) states.add(1n, 0, 2 * i, 2 * i + 1, 100 + i);
  expect(states.check(1n, 0, 0, 1)).toEqual({ kind: 'out-of-order' });
  for (let i = 1; i < 6; i++) {
    expect(states.check(1n, 0, 2 * i, 2 * i + 1)).toEqual({ kind: 'duplicate', offset: 100 + i });
  }
  expect(states.check(1n, 0, 10, 10)).toEqual({ kind: 'out-of-order' });
  expect(states.check(1n, 0, 12, 12)).toEqual({ kind: 'next' });
  expect(states.check(1n, 0, 13, 13)).toEqual({ kind: 'out-of-order' });
});

it('begins an epoch with 0, and forgets what was written in the one before', () => {
  const states = new ProducerStates();
  // One that is not known begins with anything.
  expect(states.check(1n, 3, 50, 50)).toEqual({ kind: 'next' });
  states.add(1n, 3, 0, 0, 7);
  expect(states.check(1n, 2, 1, 1)).toEqual({ kind: 'old-epoch' });
  expect(states.check(1n, 4, 1, 1)).toEqual({ kind: 'out-of-order' });
  expect(states.check(1n, 4, 0, 0)).toEqual({ kind: 'next' });
  states.add(1n, 4, 0, 3, 8);
  expect(states.check(1n, 4, 0, 0)).toEqual({ kind: 'out-of-order' });
  expect(states.check(1n, 4, 0, 3)).toEqual({ kind: 'duplicate', offset: 8 });
  expect(states.check(1n, 3, 0, 0)).toEqual({ kind: 'old-epoch' });
});

it('forgets the producer that wrote longest ago when there are more than 10 000', () => {
  const states = new ProducerStates();
  for (let id = 0n; id < 10_000n; id++) states.add(id, 0, 0, 0, 0);
  states.add(0n, 0, 1, 1, 1);
  const kindOf = (id: bigint) => states.check(id, 0, 9, 9).kind;
  expect([kindOf(0n), kindOf(1n)]).toEqual(['out-of-order', 'out-of-order']);
  states.add(10_000n, 0, 0, 0, 0);
  expect([kindOf(0n), kindOf(1n), kindOf(2n)]).toEqual(['out-of-order', 'next', 'out-of-order']);
});

it('goes on with 0 behind the largest sequence', () => {
  const states = new ProducerStates();
  states.add(1n, 0, LAST_SEQUENCE - 1, LAST_SEQUENCE, 5);
  expect(states.check(1n, 0, 0, 2)).toEqual({ kind: 'next' });
  expect([0, 1, 2].map((steps) => sequenceBehind(LAST_SEQUENCE - 1, steps))).toEqual([
    LAST_SEQUENCE - 1,
    LAST_SEQUENCE,
    0,
  ]);
  expect(sequenceBehind(LAST_SEQUENCE, LAST_SEQUENCE)).toBe(LAST_SEQUENCE - 1);
});
