import type { Micros } from './clock.ts';

/** What ties a plan to a run. Fixed once, before any worker sends; with the plan it determines every byte of every event. */
export interface Anchor {
  runId: string;
  /** Wall clock of slot time 0, µs since 1970 UTC, a whole number of milliseconds. */
  startWallUs: Micros;
  /** Monotonic clock of this host at slot time 0. */
  startMonoUs: Micros;
}

/**
 * Part `index` of `count`: owns the seats d with d ≡ index (mod count). Worker j of m in shard i of n is part i + n·j of n·m,
 * so parts need no coordinator, never overlap, and their union is the whole.
 */
export interface Part {
  index: number;
  count: number;
}

/** How many of `devices` seats a part owns. */
export function seatsOf(part: Part, devices: number): number {
  return part.index >= devices ? 0 : Math.ceil((devices - part.index) / part.count);
}
