import { exp, tenTo } from '../../core/exponential.ts';
import { ln } from '../../core/logarithm.ts';
import { draw, type StreamKey, signedUnit } from '../../core/random.ts';

/** Stress drop, bar. */
const STRESS_DROP = 100;
/** Lines per wave, from `LOWEST` times the corner frequency upwards. */
export const LINES = 8;
const LOWEST = 0.4;
const RATIO = 1.4;
/** Little gets through the ground above it, Hz. */
const HIGHEST_HZ = 12;
/** How far the phases of the lines lie apart in the source, turns. */
const SPREAD_TURNS = 0.11;

/** Corner frequency in Hz of a source whose waves travel at `velocity` km/s: J. Brune (1970). */
export function cornerFrequency(magnitude: number, velocity: number): number {
  const moment = tenTo(1.5 * magnitude + 16.05);
  return 4.9e6 * velocity * exp(ln(STRESS_DROP / moment) / 3);
}

/** A source as a sum of few oscillations: flat below the corner, falling with the square of the frequency above. */
export interface SourceLines {
  /** Hz. */
  readonly frequencies: Float64Array;
  /** Their sum is 1. */
  readonly weights: Float64Array;
  /** Turns: nearly equal, so that a pulse leads and the rest follows it. */
  readonly phases: Float64Array;
}

/** Lines that lie a constant ratio apart stand for ever wider bands: each has its band's energy. */
export function sourceLines(cornerHz: number, key: StreamKey, channel: number): SourceLines {
  const frequencies = new Float64Array(LINES);
  const weights = new Float64Array(LINES);
  const phases = new Float64Array(LINES);
  let x = LOWEST;
  let sum = 0;
  for (let line = 0; line < LINES; line++) {
    const hertz = x * cornerHz;
    const high = (hertz / HIGHEST_HZ) * (hertz / HIGHEST_HZ);
    const weight = Math.sqrt(x) / ((1 + x * x) * (1 + high * high));
    frequencies[line] = hertz;
    weights[line] = weight;
    phases[line] = SPREAD_TURNS * signedUnit(draw(key.k0, key.k1, line, channel));
    sum += weight;
    x *= RATIO;
  }
  for (let line = 0; line < LINES; line++) weights[line] = (weights[line] as number) / sum;
  return { frequencies, weights, phases };
}
