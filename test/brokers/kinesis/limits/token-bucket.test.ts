import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket } from '../../../../src/brokers/kinesis/limits/token-bucket.ts';

it('gives what a second holds at once, and then as much as time brings', () => {
  const bucket = new TokenBucket(1000);
  expect(bucket.has(1000)).toBe(true);
  bucket.take(1000);
  expect(bucket.has(1)).toBe(false);
  bucket.refill(1_000);
  expect([bucket.has(1), bucket.has(2)]).toEqual([true, false]);
  bucket.refill(10_000_000);
  expect([bucket.has(1000), bucket.has(1001)]).toEqual([true, false]);
});

it('makes up for a debt first, and time that goes backwards brings nothing', () => {
  const bucket = new TokenBucket(10);
  bucket.refill(1_000_000);
  bucket.take(25);
  bucket.refill(2_000_000);
  expect(bucket.has(0)).toBe(false);
  bucket.refill(1_500_000);
  bucket.refill(2_600_000);
  expect([bucket.has(1), bucket.has(2)]).toEqual([true, false]);
});

it('never gives more than its rate and one second’s worth, whatever is asked when', () => {
  const asks = fc.array(
    fc.record({ waitUs: fc.integer({ min: 0, max: 400_000 }), amount: fc.integer({ min: 1, max: 40 }) }),
  );
  fc.assert(
    fc.property(asks, (all) => {
      const bucket = new TokenBucket(100);
      let [nowUs, given] = [0, 0];
      for (const { waitUs, amount } of all) {
        nowUs += waitUs;
        bucket.refill(nowUs);
        if (!bucket.has(amount)) continue;
        bucket.take(amount);
        given += amount;
        expect(given).toBeLessThanOrEqual(100 + (nowUs * 100) / 1e6 + 1e-6);
      }
    }),
  );
});
