import type { CapacityFinding, CapacityGoal } from './search.ts';

/** What one target needs for a load, as its protocol reckons it: the lines that `plan` prints. */
export interface TargetNeeds {
  name: string;
  protocol: string;
  /** As in "needs 3 shards"; null where nobody can say. */
  needs: string | null;
  lines: [word: string, text: string][];
}

/** What a load takes that somebody wants to provision for. */
export interface Provision {
  load: number;
  /**
   * Times the target that was tested, were it to grow in proportion; `most`: it may be less, for no load was found to break. null: no load is known to hold.
   */
  times: { value: number; most: boolean } | null;
  /** What was tested holds it. */
  enough: boolean;
  /** Further from what was tested than a proportion should be trusted. */
  far: boolean;
  targets: TargetNeeds[];
}

/** A proportion is trusted up to so many times the largest load that was measured. */
const TRUSTED = 2;

/** What `provisionFor` takes, by what was found and by the protocols' own limits at that load; null where nobody asked. */
export function provision(
  { provisionFor }: CapacityGoal,
  { ending, highestHeld }: CapacityFinding,
  targets: readonly TargetNeeds[],
): Provision | null {
  if (provisionFor === null) return null;
  const held = highestHeld?.level ?? null;
  return {
    load: provisionFor,
    times: held === null ? null : { value: Math.max(1, provisionFor / held), most: ending !== 'found' },
    enough: held !== null && provisionFor <= held,
    far: held !== null && provisionFor > TRUSTED * held,
    targets: [...targets],
  };
}
