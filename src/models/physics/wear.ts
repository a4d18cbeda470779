import { exp } from '../../core/exponential.ts';

/** Damage of a part over its life, as shares. */
export interface WearSpec {
  /** What it began with. */
  initial: number;
  /** What normal wear adds up to the onset. */
  normal: number;
  /** Share of the life after which abnormal wear begins. */
  onset: number;
}

/** How steeply abnormal wear goes up in the end: it is e^4 times as fast as at its onset. */
const STEEPNESS = 4;
const EXP_STEEPNESS = exp(STEEPNESS);

/**
 * Damage after the share `x`, in [0, 1], of a life, in two stages: normal wear that goes on evenly, and from the onset abnormal wear that
 * grows exponentially and is 1 at the end. The form is that of the degradation data of turbofan engines (C-MAPSS, N-CMAPSS).
 */
export function damageAt({ initial, normal, onset }: WearSpec, x: number): number {
  if (x < onset) return initial + normal * (x / onset);
  return initial + normal + (1 - initial - normal) * abnormalShare(onset, x);
}

/** How far abnormal wear has gone: 0 up to the onset, 1 at the end of the life. */
export function abnormalShare(onset: number, x: number): number {
  if (x < onset) return 0;
  return (exp((STEEPNESS * (x - onset)) / (1 - onset)) - 1) / (EXP_STEEPNESS - 1);
}
