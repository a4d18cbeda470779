import type { Micros } from '../../core/clock.ts';
import { draw, foldHigh, type StreamKey, seatStream, unit } from '../../core/random.ts';

const Channel = { phase: 0, start: 1 } as const;

/**
 * When devices are cut off. A seat's time is cut into cells of `everyUs`, from a random phase on; in each cell lies one outage of `forUs`,
 * whole and anywhere in it. So at any instant the share of devices that are cut off is `forUs / everyUs`, and no outage overlaps another.
 */
export class Outages {
  readonly #root: StreamKey;
  readonly #everyUs: Micros;
  readonly #forUs: Micros;
  readonly #endUs: Micros;
  readonly #key: StreamKey = { k0: 0, k1: 0 };

  /** At `endUs`, the end of the run, every outage ends. */
  constructor(root: StreamKey, everyUs: Micros, forUs: Micros, endUs: Micros) {
    this.#root = root;
    this.#everyUs = everyUs;
    this.#forUs = forUs;
    this.#endUs = endUs;
  }

  /** When what is due at `tUs` can leave the device: at once, or at the end of the outage. Never decreases with `tUs`. */
  releaseAt(seat: number, tUs: Micros): Micros {
    const key = this.#key;
    seatStream(this.#root, seat, key);
    const phaseUs = Math.floor(unit(draw(key.k0, key.k1, 0, Channel.phase)) * this.#everyUs);
    const sinceUs = phaseUs + tUs;
    const cell = Math.floor(sinceUs / this.#everyUs);
    const place = unit(draw(key.k0, foldHigh(key.k1, cell), cell, Channel.start));
    const startUs = cell * this.#everyUs + Math.floor(place * (this.#everyUs - this.#forUs + 1));
    if (sinceUs < startUs || sinceUs >= startUs + this.#forUs) return tUs;
    return Math.max(tUs, Math.min(startUs + this.#forUs - phaseUs, this.#endUs));
  }
}
