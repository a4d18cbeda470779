import type { Micros } from '../core/clock.ts';
import { formatDuration } from '../core/units.ts';
import type { Threshold } from './threshold.ts';

const HOUR_US = 3_600_000_000;

/** What cannot be told from nothing: how much a heap goes up and down by itself, one descriptor, what a timer is exact to. */
const steps = {
  'bytes/h': { amount: 1_048_576, words: 'memory goes up and down by 1 MiB anyhow' },
  '1/h': { amount: 1, words: 'there is one more, or none' },
  'us/h': { amount: 100, words: 'lag is known to 100 us' },
} as const;

/** Why a measurement of this length cannot tell a growth of so little; null where it can, or for another threshold. */
export function tooShortFor({ metric, value }: Threshold, measuredUs: Micros): string | null {
  if (!Object.hasOwn(steps, value.unit) || measuredUs === Number.POSITIVE_INFINITY) return null;
  const { amount, words } = steps[value.unit as keyof typeof steps];
  if ('amount' in value && value.amount * measuredUs >= amount * HOUR_US) return null;
  return `${formatDuration(measuredUs)} cannot tell so little ${metric}: ${words}`;
}
