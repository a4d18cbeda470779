import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { numberOf, QueueBench } from './queue-bench.ts';

const { outOfOrderSequence } = ErrorCode;

describe('the outcome of a batch', () => {
  describe('follows from the answer', () => {
    const cases: [code: number, again: boolean, idempotent: string, otherwise: string][] = [
      [0, false, 'acked acks-all', 'acked acks-all'],
      ...[2, 3, 5, 6, 8, 9, 19, 74, 75].map((code): [number, boolean, string, string] => [code, true, '', '']),
      [10, false, 'rejected message too large', 'rejected message too large'],
      [17, false, 'rejected invalid topic exception', 'rejected invalid topic exception'],
      [18, false, 'rejected record list too large', 'rejected record list too large'],
      [29, false, 'rejected topic authorization failed', 'rejected topic authorization failed'],
      [31, false, 'rejected cluster authorization failed', 'rejected cluster authorization failed'],
      [32, false, 'rejected invalid timestamp', 'rejected invalid timestamp'],
      [43, false, 'rejected unsupported for message format', 'rejected unsupported for message format'],
      [87, false, 'rejected invalid record', 'rejected invalid record'],
      [45, true, '', 'rejected out of order sequence number'],
      [46, false, 'unknown duplicate sequence number', 'unknown duplicate sequence number'],
      [47, true, '', 'rejected invalid producer epoch'],
      [59, true, '', 'rejected unknown producer id'],
      [-1, true, '', 'unknown unknown server error'],
      [7, true, '', 'unknown request timed out'],
      [20, true, '', 'unknown not enough replicas after append'],
      [56, true, '', 'unknown kafka storage error'],
      [12_345, true, '', 'unknown unknown error code'],
    ];

    it.each(cases)('code %d, idempotent: again %s, else %j', (code, again, outcome) => {
      const bench = QueueBench.underWay();
      const [batch] = bench.send(1) as [never];
      bench.answer(batch, code);
      expect(bench.told).toEqual(again ? [] : [`${outcome}: 2`]);
      expect(bench.queue.outstanding).toBe(again ? 1 : 0);
    });

    it.each(cases)('code %d, not idempotent', (code, again, _, outcome) => {
      const bench = QueueBench.underWay({ idempotent: false });
      const [batch] = bench.send(1) as [never];
      bench.answer(batch, code);
      expect(bench.told).toEqual(again && outcome === '' ? [] : [`${outcome}: 2`]);
    });
  });

  describe('after the delivery timeout', () => {
    it('rejects what never went out', () => {
      const bench = new QueueBench();
      bench.put();
      bench.nowUs += 29_999_999;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual([]);
      bench.nowUs += 1;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual(['rejected expired unsent: 1']);
    });

    it('rejects what every attempt was refused, for the last reason', () => {
      const bench = QueueBench.underWay();
      bench.answer(bench.send(1)[0] as never, 6);
      bench.recover();
      bench.answer(bench.taken(), 19);
      bench.nowUs += 30_000_000;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual(['rejected not enough replicas: 2']);
    });

    it('does not know of what one attempt may have stored, whatever came after', () => {
      const bench = QueueBench.underWay();
      bench.lose(bench.send(1)[0] as never);
      bench.recover();
      bench.answer(bench.taken(), 19);
      bench.nowUs += 30_000_000;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual(['unknown timeout: 2']);
      expect(bench.queue.outstanding).toBe(0);
    });

    it('does not know of what is in flight, and ignores the late answer', () => {
      const bench = QueueBench.underWay();
      const [a] = bench.send(1) as [never];
      bench.nowUs += 30_000_000;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual(['unknown timeout: 2']);
      expect(bench.queue.heldBytes).toBeGreaterThan(0);
      bench.putAlone();
      bench.identify();
      expect(bench.take()).toBeNull();
      bench.answer(a, 0);
      expect(bench.told).toEqual(['unknown timeout: 2']);
      expect(numberOf(bench.taken())).toBe('2/0');
    });

    it.each([
      ['lost', (bench: QueueBench, batch: never) => bench.lose(batch)],
      ['written', (bench: QueueBench, batch: never) => bench.queue.written(batch)],
    ])('frees the buffer when it is %s', (_, end) => {
      const bench = QueueBench.underWay({ idempotent: false });
      const [a] = bench.send(1) as [never];
      bench.queue.abandon('closed');
      end(bench, a);
      expect(bench.told).toEqual(['unknown closed: 2']);
      expect(bench.pool.heldBytes).toBe(0);
    });

    it('goes on under a new identity with what never was in doubt', () => {
      const bench = QueueBench.underWay();
      const [a, b] = bench.send(2) as [never, never];
      bench.lose(a);
      bench.lose(b);
      bench.nowUs += 29_990_000;
      bench.queue.expire(bench.nowUs);
      bench.putAlone();
      expect(bench.told).toEqual(['unknown timeout: 2']);
      bench.recover();
      const lost = bench.taken();
      expect(numberOf(lost)).toBe('1/2');
      expect(bench.take()).toBeNull();
      bench.answer(lost, outOfOrderSequence);
      expect(bench.told).toEqual(['unknown timeout: 2', 'unknown out of order sequence number: 3']);
      bench.identify();
      expect([numberOf(bench.taken())]).toEqual(['2/0']);
    });
  });
});
