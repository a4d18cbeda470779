import { expect, it } from 'vitest';
import { BatchPool } from '../../../src/targets/kafka/batch-pool.ts';
import { PARTITION_PREFIX } from '../../../src/wire/kafka/produce.ts';

const KIB = 1024;

it('holds for a batch of a power of two no more than that and what stands before it', () => {
  const pool = new BatchPool();
  const batch = pool.take(256 * KIB, 256 * KIB);
  expect(batch.buffer.length).toBe(256 * KIB + PARTITION_PREFIX);
  expect(pool.heldBytes).toBe(256 * KIB + PARTITION_PREFIX);
  expect(pool.grow(batch, 256 * KIB)).toBe(false);
  pool.release(batch);
  expect(pool.heldBytes).toBe(0);
});

it('begins small, grows by doubling up to the limit, and uses buffers again', () => {
  const pool = new BatchPool();
  const batch = pool.take(100, 64 * KIB);
  const first = batch.buffer;
  expect(first.length).toBe(16 * KIB + PARTITION_PREFIX);
  expect([pool.grow(batch, 64 * KIB), pool.grow(batch, 64 * KIB), pool.grow(batch, 64 * KIB)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(batch.buffer.length).toBe(64 * KIB + PARTITION_PREFIX);
  expect(pool.heldBytes).toBe(64 * KIB + PARTITION_PREFIX);
  expect(pool.take(1, 64 * KIB).buffer).toBe(first);
});
