import { describe, expect, it } from 'vitest';
import regressions from './regressions.json' with { type: 'json' };
import { describeTotals, seedsFrom, simulateSeeds } from './seeds.ts';
import { simulateSeed } from './simulate-seed.ts';

/** Tests that what iotload says is the truth in so many worlds; the seeds that it was once wrong about come first. */
export function expectRight(from: number, count: number): void {
  describe('what iotload says is the truth', () => {
    it.each(from === 1 ? (regressions as number[]) : [])('for seed %i, about which it was wrong once', async (seed) => {
      expect((await simulateSeed(seed)).wrong).toEqual([]);
    });

    it('does the same in the same world', async () => {
      const [once, again] = [await simulateSeed(from), await simulateSeed(from)];
      expect(again.hash).toBe(once.hash);
      expect((await simulateSeed(from + 1)).hash).not.toBe(once.hash);
    });

    it(`for the seeds ${from} to ${from + count - 1}`, { timeout: 120_000 }, async () => {
      const totals = await simulateSeeds(seedsFrom(from, count));
      console.log(describeTotals(totals));
      expect(totals.wrong).toEqual([]);
    });
  });
}
