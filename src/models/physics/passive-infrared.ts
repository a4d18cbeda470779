import type { Micros } from '../../core/clock.ts';
import type { Visit } from './visits.ts';

/** HC-SR501: farthest it sees a person in a room of 22 °C, m. */
const RANGE = 7;
/** Warmth of clothed skin, °C: in a room as warm as that there is nothing to see. */
const SKIN = 34;
const COOL_ROOM = 22;

/** How its knobs are set. */
export interface PirSettings {
  /** How long its output stays high. */
  holdUs: Micros;
  /** How long it sees nothing after its output went low. */
  blockUs: Micros;
  /** Whether motion while the output is high holds it for longer (jumper H), or starts nothing (L). */
  retriggers: boolean;
}

/** Whether a visitor is near enough to be seen, in a room at `temperature` °C: what is left of the contrast is left of the range. */
export function isSeen(distance: number, temperature: number): boolean {
  return distance <= RANGE * Math.min(1, Math.max(0, (SKIN - temperature) / (SKIN - COOL_ROOM)));
}

/** Its output during and after a visit that it sees, all through which there is motion. */
export function pirOutput(
  { startUs, endUs }: Visit,
  { holdUs, blockUs, retriggers }: PirSettings,
  tUs: Micros,
): boolean {
  // False as well where there is no visit.
  if (!(tUs >= startUs)) return false;
  if (retriggers) return tUs < endUs + holdUs;
  const cycleUs = holdUs + blockUs;
  const cycle = Math.floor((tUs - startUs) / cycleUs);
  const triggeredUs = startUs + cycle * cycleUs;
  return triggeredUs < endUs && tUs < triggeredUs + holdUs;
}
