import type { Micros } from '../../../core/clock.ts';

/** So much a second on average, and as much at once after a second of rest. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #atUs: Micros = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Makes up for the time that has passed; before `has` and `take`. */
  refill(nowUs: Micros): void {
    const gained = ((nowUs - this.#atUs) * this.#perSecond) / 1_000_000;
    if (gained <= 0) return;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained);
    this.#atUs = nowUs;
  }

  /** Whether there is so much. */
  has(amount: number): boolean {
    return this.#tokens >= amount;
  }

  /** Takes it, also where that is more than there is: the debt has to be made up for first. */
  take(amount: number): void {
    this.#tokens -= amount;
  }
}
