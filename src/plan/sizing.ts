import { targetOf } from '../targets/registry.ts';
import type { Sizing } from '../targets/sizing.ts';
import type { EventSize } from './estimate.ts';
import type { Plan } from './plan.ts';
import { targetLoad } from './target-load.ts';

/** What a plan takes at each of its targets; null at those that cannot say. `sizes` are those of each fleet's events. */
export async function sizingsOf(plan: Plan, sizes: readonly EventSize[], workers: number): Promise<(Sizing | null)[]> {
  return Promise.all(
    plan.targets.map(async ({ protocol, options }, target) => {
      const module = await targetOf(protocol).sizing?.();
      return module?.sizing(options, targetLoad(plan, sizes, workers, target)) ?? null;
    }),
  );
}

/** What a plan costs at most, USD, over all targets that charge something; null where none does. */
export function costOf(sizings: readonly (Sizing | null)[]): number | null {
  const costs = sizings.map((sizing) => sizing?.costUsd ?? null).filter((cost) => cost !== null);
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0);
}
