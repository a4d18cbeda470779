import { fade } from '../../core/lattice-noise.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';
import type { SceneEvent } from '../scene.ts';
import { Activity } from './activity.ts';
import type { MotionState } from './motion-state.ts';

/** A shake that a scene asks for. */
export type ShakeEvent = Extract<SceneEvent, { kind: 'shake' }>;

const EDGE_SECONDS = 0.8;
/** Numbers of activity blocks that no time ever has. */
const FIRST_BLOCK = -1;

/** Lets the phone take part in a shake of the scene, whatever its owner was about to do; whether it did. */
export function joinShake(key: StreamKey, channel: number, shakes: readonly ShakeEvent[], state: MotionState): boolean {
  for (let i = 0; i < shakes.length; i++) {
    const { fromUs, toUs, share, key: own } = shakes[i] as ShakeEvent;
    if (state.tUs < fromUs || state.tUs >= toUs) continue;
    if (unit(draw(key.k0 ^ own.k0, key.k1 ^ own.k1, 0, channel)) >= share) continue;
    const seconds = (state.tUs - fromUs) * 1e-6;
    const toEdge = Math.min(seconds, (toUs - state.tUs) * 1e-6);
    state.activity = Activity.shaken;
    state.block = FIRST_BLOCK - i;
    state.blockSeconds = seconds;
    state.presence = toEdge < EDGE_SECONDS ? fade(toEdge / EDGE_SECONDS) : 1;
    return true;
  }
  return false;
}
