import { describe, expect, it } from 'vitest';
import type { ProduceBatch } from '../../../src/targets/kafka/produce-batch.ts';
import { ProducerNumbers } from '../../../src/targets/kafka/producer-numbers.ts';

const batchOf = (count: number): ProduceBatch =>
  ({ count, identity: null, sequence: 0, ambiguous: false }) as unknown as ProduceBatch;

describe('ProducerNumbers', () => {
  it('begins again at 0 after 2³¹ − 1', () => {
    const numbers = new ProducerNumbers();
    numbers.identify({ id: 1n, epoch: 0 });
    const sequences = [2 ** 30, 2 ** 30 - 1, 3, 10].map((count) => {
      const batch = batchOf(count);
      numbers.number(batch);
      return batch.sequence;
    });
    expect(sequences).toEqual([0, 2 ** 30, 2 ** 31 - 1, 2]);
  });

  it('keeps the number of a batch that may be stored, though its identity is forgotten', () => {
    const numbers = new ProducerNumbers();
    const first = { id: 1n, epoch: 0 };
    numbers.identify(first);
    const [a, b] = [batchOf(5), batchOf(5)];
    numbers.number(a);
    numbers.number(b);
    a.ambiguous = true;
    expect(numbers.forget(first)).toBe(true);
    expect(numbers.forget(first)).toBe(false);
    expect([numbers.wants(a), numbers.wants(b), numbers.wants(b)]).toEqual([false, true, false]);
    expect(numbers.mayFollow(a, undefined)).toBe(true);
    expect(numbers.mayFollow(b, undefined)).toBe(false);
    numbers.identify({ id: 2n, epoch: 0 });
    expect(numbers.mayFollow(b, a)).toBe(false);
    numbers.number(a);
    numbers.number(b);
    expect([a, b].map(({ identity, sequence }) => `${identity?.id}/${sequence}`)).toEqual(['1/0', '2/0']);
  });

  it('lets others follow only what the broker is known to have, under the same identity', () => {
    const numbers = new ProducerNumbers();
    numbers.identify({ id: 1n, epoch: 0 });
    const [a, b] = [batchOf(1), batchOf(1)];
    numbers.number(a);
    expect(numbers.mayFollow(b, a)).toBe(false);
    numbers.stored(a);
    expect(numbers.mayFollow(b, a)).toBe(true);
    numbers.identify({ id: 2n, epoch: 0 });
    expect(numbers.mayFollow(b, a)).toBe(false);
    numbers.stored(a);
    expect(numbers.mayFollow(b, { ...b, identity: { id: 2n, epoch: 0 } } as ProduceBatch)).toBe(false);
  });
});
