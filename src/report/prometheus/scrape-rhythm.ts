import type { Micros } from '../../core/clock.ts';

/** Whoever asks less often is not waited for. */
const LONGEST_US = 60_000_000;
/** Scrapes of one rhythm differ by less than this, or than a quarter of their distance. */
const SLACK_US = 1_000_000;

/** When a page was fetched: what is fetched again and again at the same distance can be expected once more. */
export class ScrapeRhythm {
  #times: Micros[] = [];

  at(us: Micros): void {
    this.#times = [...this.#times.slice(-2), us];
  }

  /** Monotonic time by which the next one should have come; null where there is no rhythm. */
  nextBy(): Micros | null {
    const [first, second, third] = this.#times;
    if (first === undefined || second === undefined || third === undefined) return null;
    const [one, other] = [second - first, third - second];
    const longest = Math.max(one, other);
    if (longest > LONGEST_US || Math.abs(one - other) > Math.max(SLACK_US, longest / 4)) return null;
    return third + longest + Math.max(SLACK_US, longest / 4);
  }
}
