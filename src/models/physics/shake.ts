import { latticeNoise } from '../../core/lattice-noise.ts';
import { draw, type StreamKey } from '../../core/random.ts';
import { sinTurns } from '../../core/trigonometry.ts';
import type { MotionState } from './motion-state.ts';

/**
 * Greatest acceleration a person can reach, m/s², at equally likely steps of 1/16. Chosen so that the greatest value of each phone in
 * three minutes is distributed as in a public demonstration with 160 phones (quartiles 39, 74, 105; 95 % below 161, greatest 231).
 */
const reachQuantiles = new Float64Array([0, 20, 37, 50, 61, 72, 83, 95, 106, 116, 125, 134, 144, 156, 170, 191, 280]);

/** Effort swells and fades within seconds. */
const EFFORT_US = 1_300_000;
/** Share of the motion at twice the frequency, out of line with the first. */
const SECOND = 0.35;

/**
 * Shaking in the hand, 3 to 6 Hz, along a slant of the device's axes that changes with the block. Nobody reaches less than `leastReach`,
 * m/s².
 */
export function addShake(
  key: StreamKey,
  channel: number,
  intensity: number,
  leastReach: number,
  state: MotionState,
): void {
  const person = draw(key.k0, key.k1, 0, channel);
  const step = person >>> 28;
  const low = reachQuantiles[step] as number;
  const own = low + ((reachQuantiles[step + 1] as number) - low) * ((person & 0x0fffffff) * (1 / 0x10000000));
  const reach = own < leastReach ? leastReach : own;

  const style = draw(key.k0, key.k1, state.block, channel + 1);
  const frequency = 3 + (style & 0xff) * (3 / 255);
  const turns = frequency * state.blockSeconds + (style >>> 24) * (1 / 256);
  const first = sinTurns(turns);
  const second = SECOND * sinTurns(2 * turns + ((style >>> 16) & 0xff) * (1 / 256));

  const slant = draw(key.k0, key.k1, state.block, channel + 2);
  const x = slantOf(slant & 0xff);
  const y = slantOf((slant >>> 8) & 0xff);
  const z = slantOf((slant >>> 16) & 0xff);

  const effort =
    0.5 + 0.5 * latticeNoise(key.k0, key.k1, state.tUs / EFFORT_US + (person & 0xff) * (1 / 256), channel + 3);
  const blockEffort = 0.4 + ((style >>> 8) & 0xff) * (0.6 / 255);
  const strength =
    (intensity * reach * state.presence * blockEffort * effort * effort) / Math.sqrt(x * x + y * y + z * z);
  state.x += strength * (first * x + second * y);
  state.y += strength * (first * y + second * z);
  state.z += strength * (first * z + second * x);
}

/** Component of the direction of shaking, ±0.7 … ±1 before scaling: a wrist turns all three axes of a phone at once. */
function slantOf(byte: number): number {
  const size = 0.7 + (byte & 0x7f) * (0.3 / 127);
  return byte < 128 ? size : -size;
}
