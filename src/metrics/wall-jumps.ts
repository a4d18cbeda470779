import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import type { WallJump } from '../core/wall-offset.ts';

/** The wall clock may move by this much against the monotonic one between two looks before it counts as a jump. */
const JUMP_US = 1_000;
/** Jumps that are kept; a clock that steps more often is broken, and that is said. */
const KEPT = 100;

/** Finds steps of a host's wall clock. */
export class WallJumps {
  readonly #offsetUs: () => Micros | null;
  readonly #wallUs: () => Micros;
  #lastUs: Micros | null;
  /** In order of time, at most a hundred. */
  readonly found: WallJump[] = [];

  /** `offsetUs`: wall clock minus monotonic clock, null where it could not be read this time. */
  constructor(offsetUs: () => Micros | null, wallUs: () => Micros) {
    this.#offsetUs = offsetUs;
    this.#wallUs = wallUs;
    this.#lastUs = offsetUs();
  }

  /** To be called once a second. */
  look(): void {
    const offsetUs = this.#offsetUs();
    if (offsetUs === null) return;
    const byUs = this.#lastUs === null ? 0 : offsetUs - this.#lastUs;
    this.#lastUs = offsetUs;
    if (Math.abs(byUs) > JUMP_US && this.found.length < KEPT) this.found.push({ atWallUs: this.#wallUs(), byUs });
  }
}

/** What to say about the steps of a host's wall clock; empty for none. `who` is the process that runs on it. */
export function jumpSignals(who: string, jumps: readonly WallJump[]): string[] {
  const [first] = jumps;
  if (first === undefined) return [];
  const largest = jumps.reduce((most, { byUs }) => (Math.abs(byUs) > Math.abs(most) ? byUs : most), 0);
  const at = new Date(first.atWallUs / 1000).toISOString();
  const what =
    jumps.length === 1
      ? `by ${signed(largest)}, at ${at}`
      : `${jumps.length < KEPT ? '' : 'at least '}${jumps.length} times, by up to ${signed(largest)}, first at ${at}`;
  return [
    `the wall clock of the ${who}'s host jumped ${what}: neither the schedule nor latencies on one host felt it; times between hosts did`,
  ];
}

function signed(us: Micros): string {
  return us > 0 ? `+${formatMicros(us)}` : formatMicros(us);
}
