import type { Clock } from '../core/clock.ts';
import type { NoticeKind, SinkEvents } from './target.ts';

/** Equal notices are held back this long, to become one; twice as long each time as long as they go on, up to the longest. */
const GATHER_MS = 250;
/** Whoever draws a run over time has a figure for each second. */
const LONGEST_MS = 1000;

/** Turns what happens again and again into a readable number of notices: the first at once, equal ones that follow as a count. */
export class ConnectionNotices {
  readonly #clock: Clock;
  readonly #notice: SinkEvents['notice'];
  readonly #longestMs: number;
  /** What is being gathered, with how often it happened since it was last reported. */
  readonly #gathered = new Map<string, { kind: NoticeKind; detail: string; count: number }>();
  #gatherMs = GATHER_MS;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, notice: SinkEvents['notice'], longestMs = LONGEST_MS) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#notice = notice;
  }

  add(kind: NoticeKind, detail: string, count = 1): void {
    const key = `${kind} ${detail}`;
    const known = this.#gathered.get(key);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    this.#gathered.set(key, { kind, detail, count: 0 });
    this.#notice(kind, detail, count);
    this.#cancel ??= this.#clock.after(this.#gatherMs, () => this.#report());
  }

  /** Reports what was held back. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#tell();
    this.#gathered.clear();
    this.#gatherMs = GATHER_MS;
  }

  #report(): void {
    this.#cancel = null;
    if (!this.#tell()) {
      this.flush();
      return;
    }
    this.#gatherMs = Math.min(this.#longestMs, 2 * this.#gatherMs);
    this.#cancel = this.#clock.after(this.#gatherMs, () => this.#report());
  }

  /** Whether there was something. */
  #tell(): boolean {
    let some = false;
    for (const [key, { kind, detail, count }] of this.#gathered) {
      if (count === 0) this.#gathered.delete(key);
      else {
        some = true;
        this.#gathered.set(key, { kind, detail, count: 0 });
        this.#notice(kind, detail, count);
      }
    }
    return some;
  }
}
