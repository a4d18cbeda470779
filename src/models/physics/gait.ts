import { draw, type StreamKey } from '../../core/random.ts';
import { sinTurns } from '../../core/trigonometry.ts';
import type { MotionState } from './motion-state.ts';

/**
 * Walking: 1.6 to 2.2 steps per second with peaks of 2 to 5 m/s². Up and down three harmonics of the step frequency, sideways its half,
 * because left and right foot take turns.
 */
export function addGait(key: StreamKey, channel: number, state: MotionState): void {
  const person = draw(key.k0, key.k1, 0, channel);
  const stride = draw(key.k0, key.k1, state.block, channel + 1);
  const frequency = 1.6 + ((person & 0xff) + ((person >>> 8) & 0xff)) * (0.6 / 510) + (stride & 0xff) * (0.06 / 255);
  const strength = state.presence * (1.4 + (person >>> 16) * (2 / 65536));
  const turns = frequency * state.blockSeconds + (stride >>> 16) * (1 / 65536);
  const vertical = strength * (sinTurns(turns) + 0.4 * sinTurns(2 * turns + 0.1) + 0.15 * sinTurns(3 * turns + 0.3));
  const lateral = 0.35 * strength * sinTurns(0.5 * turns);
  state.x += vertical * state.upX + lateral * state.rightX;
  state.y += vertical * state.upY;
  state.z += vertical * state.upZ + lateral * state.rightZ;
}
