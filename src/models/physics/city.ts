import { draw, type StreamKey, unit } from '../../core/random.ts';
import { cosTurns, sinTurns } from '../../core/trigonometry.ts';

/** Where a phone is, km from the city's centre, and how the ground under it answers. Written by `placeInCity`; reused. */
export class Place {
  x = 0.5;
  y = 0.5;
  /** Standard normal number within ±2: the ground's own amplification, as a power of the city's scatter. */
  ground = 0.5;
  /** Turns between the phone's right-hand side and the direction in which waves travel. */
  heading = 0.5;
  /** Bits that set this place's waveform apart from its neighbours'. */
  bits = 0;
}

/** Phones are spread evenly over a disc; four draws. */
export function placeInCity(key: StreamKey, channel: number, radiusKm: number, out: Place): void {
  const { k0, k1 } = key;
  const distance = radiusKm * Math.sqrt(unit(draw(k0, k1, 0, channel)));
  const direction = draw(k0, k1, 0, channel + 1);
  out.x = distance * cosTurns(unit(direction));
  out.y = distance * sinTurns(unit(direction));
  const ground = draw(k0, k1, 0, channel + 2);
  // The sum of four bytes is nearly normal: variance 4 · 255 · 257 / 12, cut at ±2.
  const sum = (ground & 0xff) + ((ground >>> 8) & 0xff) + ((ground >>> 16) & 0xff) + (ground >>> 24) - 510;
  const normal = sum * (1 / 147.8);
  out.ground = normal < -2 ? -2 : Math.min(normal, 2);
  const bits = draw(k0, k1, 0, channel + 3);
  out.bits = bits;
  out.heading = (Math.imul(bits, 0x9e3779b9) >>> 16) * (1 / 65536);
}
