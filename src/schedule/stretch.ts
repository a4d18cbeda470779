import type { Micros } from '../core/clock.ts';
import type { Ratio } from './ratio.ts';

/** Where a stretch begins, and which slots are its own. */
export interface StretchBounds {
  readonly startUs: Micros;
  /** Exact number of events before `startUs`; between two slots it is a fraction. */
  readonly startCount: Ratio;
  /** Owns the slots `firstSlot … endSlot − 1`; `endSlot` is Infinity for the last stretch. */
  readonly firstSlot: number;
  readonly endSlot: number;
}

/** A compiled segment of a schedule. */
export interface Stretch extends StretchBounds {
  /** Exact for the slots that the stretch owns. */
  timeOf(slot: number): Micros;
  /** About how many slots of the whole schedule are due before `t`, to be corrected by `timeOf`. */
  estimate(t: Micros): number;
}
