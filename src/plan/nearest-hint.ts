import { closestName } from '../core/closest-name.ts';

/** What to write instead of a name that nothing has. */
export function nearestHint(name: string, names: readonly string[]): string {
  const near = closestName(name, names);
  return near === undefined ? `there is ${names.join(', ')}` : `did you mean "${near}"?`;
}
