import { exp, tenTo } from '../../core/exponential.ts';
import { ln } from '../../core/logarithm.ts';
import { draw, type StreamKey, signedUnit } from '../../core/random.ts';
import { cosTurns } from '../../core/trigonometry.ts';

/** Stress drop, bar. */
const STRESS_DROP = 100;
/** Lines per wave, from `LOWEST` times the corner frequency upwards. */
export const LINES = 10;
const LOWEST = 0.35;
const RATIO = 1.35;
/** Little gets through the ground above it, Hz. */
const HIGHEST_HZ = 12;
/** How far the phases of the lines lie apart in the source, turns. */
const SPREAD_TURNS = 0.25;

/** Corner frequency in Hz of a source whose waves travel at `velocity` km/s: J. Brune (1970). */
export function cornerFrequency(magnitude: number, velocity: number): number {
  const moment = tenTo(1.5 * magnitude + 16.05);
  return 4.9e6 * velocity * exp(ln(STRESS_DROP / moment) / 3);
}

/**
 * A source as a sum of few oscillations. Their spectrum rises up to the corner, as the ground comes to rest where it was, and falls with
 * the square of the frequency above.
 */
export interface SourceLines {
  /** Hz. */
  readonly frequencies: Float64Array;
  /** Amplitudes with which the sum is 1 in the crest of the pulse. */
  readonly weights: Float64Array;
  /** Turns at the crest: close enough for a pulse that leads, far enough for a train that follows. */
  readonly phases: Float64Array;
}

/** Lines that lie a constant ratio apart stand for ever wider bands: each has its band's energy. */
export function sourceLines(cornerHz: number, key: StreamKey, channel: number): SourceLines {
  const frequencies = new Float64Array(LINES);
  const weights = new Float64Array(LINES);
  const phases = new Float64Array(LINES);
  let x = LOWEST;
  let crest = 0;
  for (let line = 0; line < LINES; line++) {
    const hertz = x * cornerHz;
    const high = (hertz / HIGHEST_HZ) * (hertz / HIGHEST_HZ);
    const fall = 1 + x * x;
    const weight = (x * Math.sqrt(x / fall)) / (fall * (1 + high * high));
    const phase = SPREAD_TURNS * signedUnit(draw(key.k0, key.k1, line, channel));
    frequencies[line] = hertz;
    weights[line] = weight;
    phases[line] = phase;
    crest += weight * cosTurns(phase);
    x *= RATIO;
  }
  for (let line = 0; line < LINES; line++) weights[line] = (weights[line] as number) / crest;
  return { frequencies, weights, phases };
}
