import type { Micros } from '../../core/clock.ts';
import { fade } from '../../core/lattice-noise.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';

/** A spell of heat at full length, warming and cooling included. */
const BLOCK_US = 1_800_000_000;
/** Share of a block in which it warms up, and in which it cools down. */
const EDGE = 0.2;

/**
 * Kelvin that a fault adds to a device's temperature; 0 while it has none. Time is cut into blocks of half an hour, at another phase for each
 * device; a hash of the block's number decides whether it overheats in it, and how much: from half of `rise` to all of it. Takes three
 * channels.
 */
export function overheating(key: StreamKey, channel: number, share: number, rise: number, tUs: Micros): number {
  const { k0, k1 } = key;
  const where = tUs / BLOCK_US + unit(draw(k0, k1, 0, channel));
  const block = Math.floor(where);
  if (unit(draw(k0, k1, block, channel + 1)) >= share) return 0;
  const strength = 0.5 + 0.5 * unit(draw(k0, k1, block, channel + 2));
  const through = where - block;
  const toEdge = Math.min(through, 1 - through);
  return rise * strength * (toEdge < EDGE ? fade(toEdge / EDGE) : 1);
}
