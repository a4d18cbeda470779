import { normal } from '../../core/normal.ts';
import { draw, type StreamKey } from '../../core/random.ts';

const DAY_US = 86_400_000_000;
/** Years whose temperatures are kept. */
const YEARS = 4;
const DAYS = 366;
/** Standard deviation of a day's temperature, and its bounds. */
const SPREAD = 17;
const COLDEST = 0;
const HOTTEST = 78;
/** Weather on top: a damped swing of about a week, y = ε + 1.1·y₋₁ − 0.9·y₋₂ with ε of 0.3, times 9.5. */
const SWING = { noise: 0.3, first: 1.1, second: -0.9, factor: 9.5 } as const;

const Channel = { day: 0, swing: 1 } as const;

/**
 * The temperature of each day, the same for all devices. With a season the draws of a year are sorted, rising up to midsummer and falling from
 * then on, and weather is added; without one every day stands for itself.
 */
export class Season {
  readonly #key: StreamKey;
  readonly #mean: number;
  readonly #isSorted: boolean;
  readonly #years = new Map<number, Float64Array>();

  constructor(key: StreamKey, mean: number, isSorted: boolean) {
    this.#key = key;
    this.#mean = mean;
    this.#isSorted = isSorted;
  }

  /** Temperature of a day, counted since 1970. */
  of(day: number): number {
    const year = new Date(Math.floor((day * DAY_US) / 1000)).getUTCFullYear();
    let days = this.#years.get(year);
    if (days === undefined) {
      days = this.#compute(year);
      if (this.#years.size >= YEARS) this.#years.clear();
      this.#years.set(year, days);
    }
    return days[day - Date.UTC(year, 0) / 86_400_000] as number;
  }

  #compute(year: number): Float64Array {
    const { k0, k1 } = this.#key;
    const days = new Float64Array(DAYS);
    const place = (day: number): number => year * DAYS + day;
    for (let day = 0; day < DAYS; day++) {
      const drawn = this.#mean + SPREAD * normal(draw(k0, k1, place(day), Channel.day));
      days[day] = Math.min(Math.max(drawn, COLDEST), HOTTEST);
    }
    if (!this.#isSorted) return days;
    const half = DAYS >> 1;
    days.subarray(0, half).sort();
    days.subarray(half).sort().reverse();
    let [before, last] = [0, 0];
    for (let day = 0; day < DAYS; day++) {
      const noise = SWING.noise * normal(draw(k0, k1, place(day), Channel.swing));
      const next = noise + SWING.first * last + SWING.second * before;
      days[day] = (days[day] as number) + SWING.factor * next;
      before = last;
      last = next;
    }
    return days;
  }
}
