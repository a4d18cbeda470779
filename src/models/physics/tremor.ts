import { draw, type StreamKey } from '../../core/random.ts';
import { sinTurns } from '../../core/trigonometry.ts';
import type { MotionState } from './motion-state.ts';

/**
 * Physiological tremor of the hand: 5 to 12 Hz, 0.02 to 0.3 m/s², frequency and strength each person's own (seldom strong: the product
 * of two uniform numbers).
 */
export function addTremor(key: StreamKey, channel: number, state: MotionState): void {
  const person = draw(key.k0, key.k1, 0, channel);
  const frequency = 5 + (person >>> 16) * (7 / 65536);
  const strength = 0.02 + ((person >>> 8) & 0xff) * (person & 0xff) * (0.28 / 65025);
  const turns = frequency * state.tUs * 1e-6;
  state.x += strength * sinTurns(turns);
  state.z += strength * sinTurns(turns * 1.0625 + 0.2);
}
