import { afterAll, describe, expect, it } from 'vitest';
import { type Mutant, mutants } from './mutants.ts';
import { settingOf } from './setting.ts';
import { simulateSeed } from './simulate-seed.ts';

/** As many seeds as a run of all tests has. */
const BUDGET = 2_000;
const kills: Record<string, number | string> = {};

/** The first seed in which the world finds that the mutant is wrong; null where none does. */
async function firstKill(mutant: Mutant): Promise<number | null> {
  for (let seed = 1; seed <= BUDGET; seed++) {
    if (mutant.concerns?.(settingOf(seed)) === false) continue;
    if ((await simulateSeed(seed, mutant)).wrong.length > 0) return seed;
  }
  return null;
}

describe('the simulation finds out an iotload that', () => {
  afterAll(() =>
    console.table(Object.entries(kills).map(([mutant, seed]) => ({ mutant, 'first killed by seed': seed }))),
  );

  it.each(Object.entries(mutants))(
    '%s',
    async (name, mutant) => {
      const seed = await firstKill(mutant);
      kills[name] = seed ?? 'never';
      expect(seed).not.toBeNull();
    },
    120_000,
  );

  it('has twenty of them and more', () => {
    expect(Object.keys(mutants).length).toBeGreaterThanOrEqual(20);
  });
});
