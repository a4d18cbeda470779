import { fade } from '../../core/lattice-noise.ts';
import { draw, type StreamKey } from '../../core/random.ts';
import { cosTurns, sinTurns } from '../../core/trigonometry.ts';
import { Activity } from './activity.ts';
import type { MotionState } from './motion-state.ts';

/** A hand turns a phone within seconds. */
const SWAY_US = 5_000_000;
const SIXTEEN_BITS = 1 / 32768;

/**
 * How the phone is held: tilt about its x axis (0 lying on its back, ¼ turn upright) and roll about its long axis, each around the
 * person's own posture. Up in device axes is (cos tilt · sin roll, sin tilt, cos tilt · cos roll), a unit vector by construction.
 * Both angles sway on one lattice whose nodes carry 16 bits of each.
 */
export function orient(key: StreamKey, channel: number, state: MotionState): void {
  const { k0, k1 } = key;
  const posture = draw(k0, k1, 0, channel);
  const where = state.tUs / SWAY_US + (posture & 0xff) * (1 / 256);
  const node = Math.floor(where);
  const step = fade(where - node);
  const from = draw(k0, k1, node, channel + 1);
  const to = draw(k0, k1, node + 1, channel + 1);
  const sway = (state.activity === Activity.rest ? 0.02 : 0.06) * SIXTEEN_BITS;
  const tilt = 0.02 + (posture >>> 20) * (0.18 / 4096) + sway * ((from >> 16) + ((to >> 16) - (from >> 16)) * step);
  const lowFrom = (from << 16) >> 16;
  const lowTo = (to << 16) >> 16;
  const roll = ((posture >>> 8) & 0xfff) * (0.12 / 4096) - 0.06 + sway * (lowFrom + (lowTo - lowFrom) * step);
  const sinRoll = sinTurns(roll);
  const cosRoll = cosTurns(roll);
  const cosTilt = cosTurns(tilt);
  state.upX = cosTilt * sinRoll;
  state.upY = sinTurns(tilt);
  state.upZ = cosTilt * cosRoll;
  state.rightX = cosRoll;
  state.rightZ = -sinRoll;
}
