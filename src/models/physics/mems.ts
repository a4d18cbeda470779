import { fade } from '../../core/lattice-noise.ts';
import { normal } from '../../core/normal.ts';
import { draw, foldHigh, type StreamKey } from '../../core/random.ts';
import type { MotionState } from './motion-state.ts';

/** Standard gravity, m/s². */
export const GRAVITY = 9.80665;
/** Offset of an axis at most ±30 mg, m/s². */
const OFFSET = 0.3;
/** The offset wanders by at most ±1 mg within a minute, with the die's temperature. */
const DRIFT = 0.01;
const DRIFT_US = 60_000_000;
const TEN_BITS = 1 / 512;

/** A three-axis accelerometer of 16 bits. */
export interface MemsSpec {
  /** Weight of the least significant bit, m/s². */
  lsb: number;
  /** White noise of an axis, rms, m/s². */
  noise: number;
}

/** Readings of one instant, m/s². */
export class MemsReading {
  x = 0.5;
  y = 0.5;
  z = 0.5;
  /** As `x y z` after the phone has taken gravity and the known offset away. */
  linearX = 0.5;
  linearY = 0.5;
  linearZ = 0.5;
  /** 1 where an axis met the end of its range. */
  clipped = 0;
}

/** Adds white noise to the acceleration that the sensor is about to read; three channels. */
export function addNoise(key: StreamKey, channel: number, rms: number, state: MotionState): void {
  const { k0 } = key;
  const k1 = foldHigh(key.k1, state.n);
  state.x += rms * normal(draw(k0, k1, state.n, channel));
  state.y += rms * normal(draw(k0, k1, state.n, channel + 1));
  state.z += rms * normal(draw(k0, k1, state.n, channel + 2));
}

/**
 * Reads the sensor: linear acceleration plus gravity (a device at rest shows +g upwards), plus offset and drift, cut to whole
 * bits and to the range; two channels. One hash carries the three axes of an offset, ten bits each.
 */
export function readMems(key: StreamKey, channel: number, spec: MemsSpec, state: MotionState, out: MemsReading): void {
  const { k0, k1 } = key;
  const offset = draw(k0, k1, 0, channel);
  const where = state.tUs / DRIFT_US + (offset & 3) * 0.25;
  const node = Math.floor(where);
  const from = draw(k0, k1, node, channel + 1);
  const to = draw(k0, k1, node + 1, channel + 1);
  const step = fade(where - node) * DRIFT * TEN_BITS;

  const gravityX = GRAVITY * state.upX;
  const gravityY = GRAVITY * state.upY;
  const gravityZ = GRAVITY * state.upZ;
  const offsetX = (offset >> 22) * (OFFSET * TEN_BITS);
  const offsetY = ((offset << 10) >> 22) * (OFFSET * TEN_BITS);
  const offsetZ = ((offset << 20) >> 22) * (OFFSET * TEN_BITS);
  const driftX = (from >> 22) * (DRIFT * TEN_BITS) + ((to >> 22) - (from >> 22)) * step;
  const driftY = ((from << 10) >> 22) * (DRIFT * TEN_BITS) + (((to << 10) >> 22) - ((from << 10) >> 22)) * step;
  const driftZ = ((from << 20) >> 22) * (DRIFT * TEN_BITS) + (((to << 20) >> 22) - ((from << 20) >> 22)) * step;

  const perBit = 1 / spec.lsb;
  const bitsX = Math.floor((state.x + gravityX + offsetX + driftX) * perBit + 0.5);
  const bitsY = Math.floor((state.y + gravityY + offsetY + driftY) * perBit + 0.5);
  const bitsZ = Math.floor((state.z + gravityZ + offsetZ + driftZ) * perBit + 0.5);
  const x = (bitsX < -32768 ? -32768 : Math.min(bitsX, 32767)) * spec.lsb;
  const y = (bitsY < -32768 ? -32768 : Math.min(bitsY, 32767)) * spec.lsb;
  const z = (bitsZ < -32768 ? -32768 : Math.min(bitsZ, 32767)) * spec.lsb;
  out.clipped =
    bitsX < -32768 || bitsX > 32767 || bitsY < -32768 || bitsY > 32767 || bitsZ < -32768 || bitsZ > 32767 ? 1 : 0;
  out.x = x;
  out.y = y;
  out.z = z;
  out.linearX = x - gravityX - offsetX;
  out.linearY = y - gravityY - offsetY;
  out.linearZ = z - gravityZ - offsetZ;
}
