import type { Micros } from '../core/clock.ts';
import type { Ratio } from './ratio.ts';

/** Which slots a stretch owns: `firstSlot … endSlot − 1`; `endSlot` is Infinity for the last stretch. */
export interface SlotRange {
  readonly startUs: Micros;
  readonly firstSlot: number;
  readonly endSlot: number;
}

/** Where a stretch begins, exactly: `startCount` events are over at `startUs`; between two slots that is a fraction. */
export interface StretchBounds extends SlotRange {
  readonly startCount: Ratio;
}

/** A compiled segment of a schedule. */
export interface Stretch extends SlotRange {
  /** Exact for the slots that the stretch owns. */
  timeOf(slot: number): Micros;
  /** About how many slots of the whole schedule are due before `t`, to be corrected by `timeOf`. */
  estimate(t: Micros): number;
}
