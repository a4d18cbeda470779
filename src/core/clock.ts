import { performance } from 'node:perf_hooks';

/** An integer number of microseconds; which zero it counts from is said where it is used. */
export type Micros = number;

/** Time and timers, as a parameter, so that the engine and every state machine run under a virtual clock in tests. */
export interface Clock {
  /** Monotonic time in microseconds. One axis (CLOCK_MONOTONIC) for all threads and processes of a host. */
  nowUs(): Micros;
  /** Wall-clock time in microseconds since 1970 UTC. */
  wallUs(): Micros;
  /**
   * Calls `task` once after `ms` milliseconds (fractions allowed, never early by design); returns a function that cancels. Where this
   * thread was held up meanwhile, what came in until then is looked at first, so that no task calls an answer late that only waited to be
   * read.
   */
  after(ms: number, task: () => void): () => void;
  /** Calls `task` every `ms` milliseconds until cancelled, behind what came in like `after`. */
  every(ms: number, task: () => void): () => void;
  /** Calls `task` after pending input and output has been looked at. */
  soon(task: () => void): void;
}

/**
 * `performance.now()` is one double and costs less than the tuple or BigInt forms of `process.hrtime`, but its zero differs per
 * thread. The offset to the shared monotonic axis is constant, so it is measured once, as the tightest of several brackets.
 */
function monotonicOffsetUs(): number {
  let best = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let attempt = 0; attempt < 16; attempt++) {
    const before = performance.now();
    const monotonicNs = process.hrtime.bigint();
    const after = performance.now();
    if (after - before < best) {
      best = after - before;
      offset = Number(monotonicNs) / 1000 - ((before + after) / 2) * 1000;
    }
  }
  return offset;
}

/** Longest delay of a Node timer, 2³¹ − 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** A timer that is later than this was held up, by this thread or by the machine. */
const HELD_UP_MS = 10;
/** The two ways to read the wall clock differ by less than this as long as nobody has set it. */
const AGREEMENT_US = 2_500;

/** The clock of this thread. */
export function systemClock(): Clock {
  const offset = monotonicOffsetUs();
  return {
    nowUs: () => Math.floor(performance.now() * 1000 + offset),
    wallUs() {
      const smoothUs = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      const coarseUs = Date.now() * 1000;
      // The smooth clock never follows a step of the wall clock; the coarse one does, in whole milliseconds.
      return Math.abs(smoothUs - coarseUs - 500) < AGREEMENT_US ? smoothUs : coarseUs + 500;
    },
    after(ms, task) {
      let timer: NodeJS.Timeout;
      let behind: NodeJS.Immediate | undefined;
      const wait = (leftMs: number): void => {
        // A longer delay would fire at once.
        const nowMs = Math.min(leftMs, LONGEST_TIMER_MS);
        const dueMs = performance.now() + nowMs;
        timer = setTimeout(() => {
          if (leftMs > nowMs) wait(leftMs - nowMs);
          else if (performance.now() - dueMs > HELD_UP_MS) behind = setImmediate(task);
          else task();
        }, nowMs);
      };
      wait(ms);
      return () => {
        clearTimeout(timer);
        clearImmediate(behind);
      };
    },
    every(ms, task) {
      let behind: NodeJS.Immediate | undefined;
      let dueMs = performance.now() + ms;
      const timer = setInterval(() => {
        const nowMs = performance.now();
        if (nowMs - dueMs > HELD_UP_MS) behind = setImmediate(task);
        else task();
        dueMs = nowMs + ms;
      }, ms);
      return () => {
        clearInterval(timer);
        clearImmediate(behind);
      };
    },
    soon: (task) => void setImmediate(task),
  };
}

/** Resolves after `ms` milliseconds of `clock`. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
