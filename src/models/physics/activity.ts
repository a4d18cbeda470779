import { fade } from '../../core/lattice-noise.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';
import type { MotionState } from './motion-state.ts';

/** What a person does with the phone. */
export const Activity = { rest: 0, walk: 1, shaken: 2 } as const;

/** Names in the order of the numbers above. */
export const activityNames = ['rest', 'walk', 'shaken'] as const;

/** Shares of time, the mean over all persons. */
export interface ActivityShares {
  shaken: number;
  walking: number;
}

const BLOCK_US = 12_000_000;
const BLOCK_SECONDS = 12;
const EDGE_SECONDS = 0.8;

/**
 * Time is cut into blocks of 12 s, at another phase for each person; a hash of the block's number decides what happens in it.
 * Persons differ: each one's share of shaking lies between 0.4 and 1.6 times the mean.
 */
export function chooseActivity(key: StreamKey, channel: number, shares: ActivityShares, state: MotionState): void {
  const person = draw(key.k0, key.k1, 0, channel);
  const shifted = state.tUs + (person >>> 16) * (BLOCK_US / 65536);
  const block = Math.floor(shifted / BLOCK_US);
  const seconds = (shifted - block * BLOCK_US) * 1e-6;
  state.block = block;
  state.blockSeconds = seconds;

  const eagerness = 0.4 + (person & 0xffff) * (1.2 / 65536);
  const shaken = shares.shaken * eagerness;
  const chance = unit(draw(key.k0, key.k1, block, channel + 1));
  state.activity = chance < shaken ? Activity.shaken : chance < shaken + shares.walking ? Activity.walk : Activity.rest;

  const toEdge = seconds < BLOCK_SECONDS / 2 ? seconds : BLOCK_SECONDS - seconds;
  state.presence = toEdge < EDGE_SECONDS ? fade(toEdge / EDGE_SECONDS) : 1;
}
