import type { Micros } from '../../core/clock.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';

/** A block of time holds at most one visit. */
export const VISIT_BLOCK_US = 600_000_000;
/** Visits per hour that this leaves room for. */
export const MOST_VISITS_PER_HOUR = 6;
const SHORTEST_US = 3_000_000;
const LONGEST_US = 90_000_000;
/** Rest of a block behind the latest end of a visit: what a sensor does after it ends within the block. */
export const VISIT_REST_US = 310_000_000;

/** Somebody in front of the sensors. Mutable and reused. */
export interface Visit {
  /** NaN where there is none in the block. */
  startUs: Micros;
  endUs: Micros;
  /** From the sensors, m: to the nearest point of the way taken. */
  distance: number;
}

/**
 * The visit of the block of ten minutes in which `tUs` lies. Blocks begin at another phase for each seat, and what follows from a visit is
 * over before the next block: the past never has to be searched. Takes five channels.
 */
export function visitAround(key: StreamKey, channel: number, perHour: number, tUs: Micros, into: Visit): void {
  const { k0, k1 } = key;
  const phase = Math.floor(unit(draw(k0, k1, 0, channel)) * VISIT_BLOCK_US);
  const block = Math.floor((tUs - phase) / VISIT_BLOCK_US);
  into.startUs = Number.NaN;
  into.endUs = Number.NaN;
  into.distance = Number.NaN;
  if (unit(draw(k0, k1, block, channel + 1)) * MOST_VISITS_PER_HOUR >= perHour) return;
  const lengthUs = SHORTEST_US + (LONGEST_US - SHORTEST_US) * unit(draw(k0, k1, block, channel + 2));
  const latestUs = VISIT_BLOCK_US - VISIT_REST_US - lengthUs;
  into.startUs = phase + block * VISIT_BLOCK_US + latestUs * unit(draw(k0, k1, block, channel + 3));
  into.endUs = into.startUs + lengthUs;
  into.distance = 0.4 + 7.1 * unit(draw(k0, k1, block, channel + 4));
}
