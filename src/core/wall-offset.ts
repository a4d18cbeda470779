import { performance } from 'node:perf_hooks';
import type { Micros } from './clock.ts';

/** One step of a host's wall clock. */
export interface WallJump {
  /** When it was noticed, by the clock after the jump. */
  atWallUs: Micros;
  byUs: Micros;
}

/** A reading whose two clocks were read further apart than this was interrupted. */
const APART_MS = 0.05;
const ATTEMPTS = 3;
/** The wall clock moves on within a millisecond, or it stands. */
const PATIENCE_MS = 2;

/**
 * Wall clock minus monotonic clock in microseconds, from a zero of this thread's own: only differences mean something. The wall clock
 * tells whole milliseconds, so this waits for its next one, half a millisecond on average. null when the reading was interrupted.
 */
export function wallOffsetUs(): Micros | null {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const startMs = Date.now();
    let before = performance.now();
    const giveUp = before + PATIENCE_MS;
    let wallMs = Date.now();
    let after = performance.now();
    while (wallMs === startMs && after < giveUp) {
      before = after;
      wallMs = Date.now();
      after = performance.now();
    }
    if (wallMs === startMs + 1 && after - before < APART_MS) return Math.round((wallMs - (before + after) / 2) * 1000);
  }
  return null;
}
