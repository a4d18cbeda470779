import { draw, signedUnit } from './random.ts';

/** Smooth step from 0 to 1 for x in [0, 1] with flat ends. */
export function fade(x: number): number {
  return x * x * (3 - 2 * x);
}

/**
 * Smooth random function of `x` in [-1, 1): independent values at the integers, faded in between. Any x costs two draws, whatever came
 * before. Its variance ripples between ⅓ at the integers and ⅙ half-way, so a caller shifts x by a random phase per seat.
 */
export function latticeNoise(k0: number, k1: number, x: number, channel: number): number {
  const node = Math.floor(x);
  const a = signedUnit(draw(k0, k1, node, channel));
  const b = signedUnit(draw(k0, k1, node + 1, channel));
  return a + (b - a) * fade(x - node);
}
