import { randomBytes } from 'node:crypto';

/** A uniform number in [0, 1) that no run repeats: for the jitter of reconnects, never for an event. */
export function systemRandom(): number {
  return Math.random();
}

/** A fresh id of one process that works on a run, 16 hexadecimal digits: no two ever share one. */
export function newAttemptId(): string {
  return randomBytes(8).toString('hex');
}

/** A fresh run id, `r` and eight hexadecimal digits. */
export function newRunId(): string {
  return `r${randomBytes(4).toString('hex')}`;
}
