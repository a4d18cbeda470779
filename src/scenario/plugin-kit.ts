import { exp } from '../core/exponential.ts';
import { fade, latticeNoise } from '../core/lattice-noise.ts';
import { ln } from '../core/logarithm.ts';
import { normal } from '../core/normal.ts';
import { draw, foldHigh, signedUnit, unit } from '../core/random.ts';
import { cosTurns, sinTurns } from '../core/trigonometry.ts';

/** Random numbers and mathematics that are the same in every engine, for a plugin's models: `export default (kit) => ({ models: [ … ] })`. */
export const pluginKit = {
  cosTurns,
  draw,
  exp,
  fade,
  foldHigh,
  latticeNoise,
  ln,
  normal,
  signedUnit,
  sinTurns,
  unit,
} as const;
export type PluginKit = typeof pluginKit;
