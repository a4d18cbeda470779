import type { Micros } from '../../core/clock.ts';
import { draw, foldHigh, type StreamKey, seatStream, unit } from '../../core/random.ts';

const Channel = { phase: 0, reload: 1 } as const;

/**
 * When devices reload. A seat's time is cut into cells of equal length, from a random phase on; in each cell lies one reload, anywhere in
 * it. So the mean rate is exact, reloads of different seats are unrelated, and how many there were by any instant takes four draws.
 */
export class Churn {
  readonly #root: StreamKey;
  readonly #everyUs: Micros;
  readonly #key: StreamKey = { k0: 0, k1: 0 };

  constructor(root: StreamKey, everyUs: Micros) {
    this.#root = root;
    this.#everyUs = everyUs;
  }

  /** How often the seat was reloaded in (0, tUs]. */
  incarnationAt(seat: number, tUs: Micros): number {
    const key = this.#key;
    seatStream(this.#root, seat, key);
    const phaseUs = Math.floor(unit(draw(key.k0, key.k1, 0, Channel.phase)) * this.#everyUs);
    return this.#reloads(phaseUs + tUs) - this.#reloads(phaseUs);
  }

  /** Reloads in [0, sinceUs] of a time whose cells begin at 0. */
  #reloads(sinceUs: Micros): number {
    const { k0, k1 } = this.#key;
    const cell = Math.floor(sinceUs / this.#everyUs);
    const jitter = unit(draw(k0, foldHigh(k1, cell), cell, Channel.reload));
    const reloadUs = cell * this.#everyUs + Math.floor(jitter * this.#everyUs);
    return sinceUs >= reloadUs ? cell + 1 : cell;
  }
}

/** A seat has at most so many incarnations, the first one with it, until `endUs`: that many cells can lie in the time, one at each end cut. */
export function mostIncarnations(everyUs: Micros, endUs: Micros): number {
  return Math.floor(endUs / everyUs) + 3;
}
