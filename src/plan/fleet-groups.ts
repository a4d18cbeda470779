import type { Plan } from './plan.ts';

/** The places of each fleet in a plan: one for each target that it sends to. */
export function fleetGroups({ fleets }: Plan): number[][] {
  const groups = new Map<number, number[]>();
  fleets.forEach(({ number = -1 }, place) => {
    // Without numbers every fleet stands there once.
    const key = number < 0 ? place : number;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  });
  return [...groups.values()];
}
