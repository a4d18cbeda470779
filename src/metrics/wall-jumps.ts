import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';

/** The wall clock may move by this much against the monotonic one between two looks before it counts as a jump. */
const JUMP_US = 1_000;
/** Jumps that are kept one by one. */
const KEPT = 100;

/** One step of a host's wall clock. */
export interface WallJump {
  /** When it was noticed, by the clock after the jump. */
  atWallUs: Micros;
  byUs: Micros;
}

/** Finds steps of the wall clock. Schedules and latencies run on the monotonic clock and do not feel them. */
export class WallJumps {
  readonly #offsetUs: () => Micros | null;
  readonly #wallUs: () => Micros;
  #lastUs: Micros | null;
  /** The first of them, in order of time. */
  readonly kept: WallJump[] = [];
  #count = 0;
  #largestUs: Micros = 0;

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
    if (Math.abs(byUs) <= JUMP_US) return;
    this.#count++;
    if (Math.abs(byUs) > Math.abs(this.#largestUs)) this.#largestUs = byUs;
    if (this.kept.length < KEPT) this.kept.push({ atWallUs: this.#wallUs(), byUs });
  }

  /** A sentence about all of them; `who` is the process whose host it is. */
  signals(who: string): string[] {
    const [first] = this.kept;
    if (first === undefined) return [];
    const at = new Date(first.atWallUs / 1000).toISOString();
    const times =
      this.#count === 1 ? `by ${signed(first.byUs)}` : `${this.#count} times, by up to ${signed(this.#largestUs)}`;
    const when = this.#count === 1 ? `at ${at}` : `first at ${at}`;
    return [
      `the wall clock of the ${who}'s host jumped ${times}, ${when}: schedule and latencies did not change, but times between hosts cannot be trusted`,
    ];
  }
}

function signed(us: Micros): string {
  return us > 0 ? `+${formatMicros(us)}` : formatMicros(us);
}
