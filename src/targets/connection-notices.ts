import type { Clock } from '../core/clock.ts';
import type { NoticeKind, SinkEvents } from './target.ts';

/** Equal notices are held back this long, to become one. */
const GATHER_MS = 250;

/** Turns what happens to thousands of connections into a readable number of notices: the first at once, equal ones that follow as a count. */
export class ConnectionNotices {
  readonly #clock: Clock;
  readonly #notice: SinkEvents['notice'];
  /** What is being gathered, with how often it happened since it was last reported. */
  readonly #gathered = new Map<string, { kind: NoticeKind; detail: string; count: number }>();
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, notice: SinkEvents['notice']) {
    this.#clock = clock;
    this.#notice = notice;
  }

  add(kind: NoticeKind, detail: string): void {
    const key = `${kind} ${detail}`;
    const known = this.#gathered.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    this.#gathered.set(key, { kind, detail, count: 0 });
    this.#notice(kind, detail, 1);
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.flush());
  }

  /** Reports what was held back. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const { kind, detail, count } of this.#gathered.values()) {
      if (count > 0) this.#notice(kind, detail, count);
    }
    this.#gathered.clear();
  }
}
