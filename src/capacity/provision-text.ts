import { loadText } from '../plan/loads.ts';
import type { Provision } from './provision.ts';
import type { CapacityGoal } from './search.ts';

/** What a load takes, in whole sentences, the answer first. */
export function provisionText(goal: CapacityGoal, { load, times, enough, far }: Provision): string[] {
  const asked = loadText(goal, load);
  if (times === null) return [`What ${asked} would take is not known: no load is known to hold.`];
  if (enough) return [`What was tested is enough for ${asked}.`];
  // Rounded up: what is a little too small does not hold.
  const factor = Math.ceil(times.value * 10 - 1e-9) / 10;
  return [
    `For ${asked} take ${times.most ? 'at most ' : ''}${factor} times what was tested, if it grows in proportion.`,
    far
      ? 'That is more than twice what was measured, too far to rely on: build it larger and search again.'
      : 'Whether it does is known after a search at that size.',
  ];
}
