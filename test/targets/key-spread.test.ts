import { describe, expect, it } from 'vitest';
import { fullestExcess, hottestKey, isUneven, keysOf } from '../../src/targets/key-spread.ts';
import type { FleetLoad } from '../../src/targets/sizing.ts';

const fleet = (changes: Partial<FleetLoad> = {}): FleetLoad => ({
  name: 'a',
  devices: 100,
  events: 1000,
  peakPerSecond: 50,
  addressBytes: 10,
  payloadBytes: 190,
  hottestShare: 1 / 100,
  onlyAddress: null,
  ...changes,
});

describe('the hottest key', () => {
  it('is that of one device, or of all fleets that write the same one', () => {
    expect(hottestKey([fleet(), fleet({ name: 'b', peakPerSecond: 500 })])).toEqual({
      fleet: 'b',
      perSecond: 5,
      bytesPerSecond: 1000,
    });
    const one = { hottestShare: 1, onlyAddress: 'all' };
    const both = [fleet({ ...one, peakPerSecond: 30 }), fleet({ ...one, name: 'b', peakPerSecond: 20 })];
    expect(hottestKey(both)).toEqual({ fleet: 'a', perSecond: 50, bytesPerSecond: 10_000 });
    expect(hottestKey([fleet(), fleet({ name: 'b' })], true).perSecond).toBe(100);
    expect(hottestKey([]).perSecond).toBe(0);
  });

  it('is one of so many', () => {
    expect(keysOf([fleet(), fleet({ hottestShare: 1 })])).toBeCloseTo(101, 9);
    expect(keysOf([fleet({ hottestShare: 0 })])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('few keys', () => {
  it('spread unevenly, as balls over bins do', () => {
    let seed = 7;
    const random = (): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed / 0x80000000;
    };
    for (const [keys, shards] of [
      [128, 5],
      [10_000, 20],
    ] as const) {
      let excess = 0;
      for (let round = 0; round < 300; round++) {
        const counts = new Array<number>(shards).fill(0);
        for (let key = 0; key < keys; key++) {
          const at = Math.floor(random() * shards);
          counts[at] = (counts[at] as number) + 1;
        }
        excess += Math.max(...counts) / (keys / shards) - 1;
      }
      const guess = fullestExcess(keys, shards);
      expect(excess / 300).toBeGreaterThan(guess * 0.5);
      expect(excess / 300).toBeLessThan(guess * 1.2);
    }
    expect(fullestExcess(1, 1)).toBe(0);
  });

  it('are uneven beyond what headroom is left for', () => {
    // 0.3 of 1 is left, of 0.7 that is 0.429.
    expect([0, 0.42, 0.43, Number.POSITIVE_INFINITY].map(isUneven)).toEqual([false, false, true, true]);
  });
});
