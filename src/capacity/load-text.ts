import { formatCount, formatRate } from '../core/units.ts';
import type { CapacityGoal } from './search.ts';

/** A load as a reader says it: `12.4k/s`, `262,000 devices`. */
export function loadText(vary: CapacityGoal['vary'], level: number): string {
  return vary === 'rate' ? formatRate(level) : `${formatCount(level)} ${level === 1 ? 'device' : 'devices'}`;
}
