import { latticeNoise } from '../../core/lattice-noise.ts';
import { draw, type StreamKey } from '../../core/random.ts';
import { cosTurns, sinTurns } from '../../core/trigonometry.ts';
import { Activity } from './activity.ts';
import type { MotionState } from './motion-state.ts';

/** A hand turns a phone within seconds. */
const DRIFT_US = 5_000_000;

/**
 * How the phone is held: tilt about its x axis (0 lying on its back, ¼ turn upright) and roll about its long axis, each around the
 * person's own posture. Up in device axes is (cos tilt · sin roll, sin tilt, cos tilt · cos roll), a unit vector by construction.
 */
export function orient(key: StreamKey, channel: number, state: MotionState): void {
  const posture = draw(key.k0, key.k1, 0, channel);
  const sway = state.activity === Activity.rest ? 0.02 : 0.06;
  const x = state.tUs / DRIFT_US + (posture & 0xff) / 256;
  const tilt = 0.02 + (posture >>> 20) * (0.18 / 4096) + sway * latticeNoise(key.k0, key.k1, x, channel + 1);
  const roll =
    ((posture >>> 8) & 0xfff) * (0.12 / 4096) - 0.06 + sway * latticeNoise(key.k0, key.k1, x + 0.5, channel + 2);
  const sinRoll = sinTurns(roll);
  const cosRoll = cosTurns(roll);
  const cosTilt = cosTurns(tilt);
  state.upX = cosTilt * sinRoll;
  state.upY = sinTurns(tilt);
  state.upZ = cosTilt * cosRoll;
  state.rightX = cosRoll;
  state.rightZ = -sinRoll;
}
