import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aggregatedRecords,
  onDemandBytes,
  plainRecords,
  putUnits,
  shardsFor,
  shareOfShard,
} from '../../../src/targets/kinesis/capacity.ts';
import { HEADROOM } from '../../../src/targets/sizing.ts';

const KIB = 1024;
/** 200 bytes with a key of 14. */
const plain = plainRecords(214);
const full = aggregatedRecords(214, {
  recordBytes: 25 * KIB,
  perSecond: Number.POSITIVE_INFINITY,
  lingerSeconds: 1,
});

describe('shards', () => {
  it.each([
    ['51M/day', 590, 1, 1],
    ['864M/day', 10_000, 15, 4],
    ['8.64G/day', 100_000, 143, 31],
  ])('%s of 200 bytes, filled to 70 %%', (_, perSecond, one, many) => {
    const most = ({ records, bytes }: { records: number; bytes: number }): number => Math.max(records, bytes);
    expect(most(shardsFor(perSecond, plain))).toBe(one);
    expect(most(shardsFor(perSecond, full))).toBe(many);
  });

  it('follow from records where these are small, from bytes where they are large', () => {
    expect(shardsFor(7_000, plainRecords(100))).toEqual({ records: 10, bytes: 1 });
    expect(shardsFor(70, plainRecords(100 * KIB))).toEqual({ records: 1, bytes: 10 });
    expect(shardsFor(7_001, plainRecords(100)).records).toBe(11);
  });

  it('always carry the load with the headroom, and one fewer would not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 1024 * KIB }), (rate, bytes) => {
        const flow = plainRecords(bytes);
        const needed = shardsFor(rate, flow);
        const shards = Math.max(needed.records, needed.bytes);
        const filled = (count: number): number => shareOfShard(rate / count, flow);
        expect(filled(shards)).toBeLessThanOrEqual(HEADROOM * (1 + 1e-8));
        if (shards > 1) expect(filled(shards - 1)).toBeGreaterThan(HEADROOM * (1 - 1e-8));
      }),
    );
  });
});

describe('aggregated records', () => {
  it('hold what fits', () => {
    expect(full.events).toBe(114);
    expect(full.bytes).toBeLessThanOrEqual(25 * KIB);
    expect(full.bytes + 224).toBeGreaterThan(25 * KIB);
  });

  it('or what comes within the linger, and never less than one event', () => {
    const slow = { recordBytes: 25 * KIB, perSecond: 590, lingerSeconds: 0.02 };
    expect(aggregatedRecords(214, slow).events).toBeCloseTo(12.8, 9);
    expect(aggregatedRecords(214, { ...slow, lingerSeconds: 0 }).events).toBe(1);
    expect(aggregatedRecords(30 * KIB, slow).events).toBe(1);
  });
});

describe('units', () => {
  it('of 25 KiB are begun, and shared by the events of a record', () => {
    expect(putUnits(plain)).toBe(1);
    expect(putUnits(plainRecords(25 * KIB))).toBe(1);
    expect(putUnits(plainRecords(25 * KIB + 1))).toBe(2);
    expect(putUnits(full)).toBeCloseTo(1 / 114, 12);
  });

  it('of a KiB on demand likewise', () => {
    expect(onDemandBytes(plain)).toBe(KIB);
    expect(onDemandBytes(plainRecords(KIB))).toBe(KIB);
    expect(onDemandBytes(plainRecords(KIB + 1))).toBe(2 * KIB);
    expect(onDemandBytes(full)).toBeCloseTo((25 * KIB) / 114, 9);
  });
});

describe('a hot key', () => {
  it('is one that a shard cannot take', () => {
    expect(shareOfShard(1_000, plain)).toBe(1);
    expect(shareOfShard(2, plainRecords(1024 * KIB))).toBe(2);
  });
});
