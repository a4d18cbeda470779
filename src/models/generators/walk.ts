import { normal } from '../../core/normal.ts';
import { draw, foldHigh, type StreamKey, unit } from '../../core/random.ts';
import type { GeneratorKind } from './generator.ts';

/** Fewest and most halvings of a stretch between two nodes. */
const LEAST_LEVELS = 6;
const MOST_LEVELS = 40;

/**
 * A random walk between two walls that throw it back. From one event of a device to the next it moves by a normal step; in the long run it
 * is everywhere alike.
 *
 * Nodes that lie so far apart that a walk has long forgotten where it began are uniform between the walls; in between, a Brownian bridge is
 * halved until it meets the event asked for, and folded at the walls. So any event costs one draw per halving, log₂ of the square of range ÷
 * step, and needs none before it. Its variance per step is that of the step, less one part in the number of events between nodes, plus the
 * drift from node to node, of at most step² ÷ range.
 */
export const walk: GeneratorKind = {
  doc: 'A random walk between two walls; each event lies a normal step of standard deviation `step` from the one before.',
  example: '{ walk: { from: 10, to: 30, step: 0.2 } }',
  options: [],
  compile(reader, channel) {
    if (!reader.map(['walk'], ['from', 'to', 'step'])) return null;
    const from = reader.number(['walk', 'from']);
    const to = reader.number(['walk', 'to']);
    const step = reader.number(['walk', 'step']);
    if (from === null || to === null || step === null) return null;
    const range = to - from;
    if (!(range > 0)) return reader.complain(['walk', 'to'], `"${to}" is not above from: ${from}`);
    if (!(step > 0 && step <= range))
      return reader.complain(['walk', 'step'], `"${step}" is no step within a range of ${range}`);
    const path = new Walk(from, range, step, channel);
    return { reading: { decimals: 2, min: from, max: to }, value: (key, n) => path.at(key, n) };
  },
};

class Walk {
  readonly #from: number;
  readonly #range: number;
  readonly #channel: number;
  /** Events from node to node. */
  readonly #length: number;
  /** Standard deviation of the middle of a bridge around its chord, by halving. */
  readonly #deviations: readonly number[];

  constructor(from: number, range: number, step: number, channel: number) {
    this.#from = from;
    this.#range = range;
    this.#channel = channel;
    const forgotten = (range / step) * (range / step);
    let levels = 0;
    let length = 1;
    for (; levels < LEAST_LEVELS || (length < forgotten && levels < MOST_LEVELS); levels++) length *= 2;
    this.#length = length;
    // The middle of a bridge over 2h steps has the variance h·h / 2h.
    const deviations: number[] = [];
    for (let h = length / 2; h >= 1; h /= 2) deviations.push(step * Math.sqrt(h / 2));
    this.#deviations = deviations;
  }

  at(key: StreamKey, n: number): number {
    const node = Math.floor(n / this.#length);
    const first = node * this.#length;
    let left = this.#node(key, node);
    if (n === first) return this.#from + left;
    let right = this.#node(key, node + 1);
    let begin = first;
    let half = this.#length / 2;
    for (const deviation of this.#deviations) {
      const middle = begin + half;
      const bits = draw(key.k0, foldHigh(key.k1, middle), middle, this.#channel + 1);
      const value = (left + right) / 2 + deviation * normal(bits);
      if (n === middle) return this.#from + this.#fold(value);
      if (n < middle) right = value;
      else {
        left = value;
        begin = middle;
      }
      half /= 2;
    }
    return this.#from + this.#fold(left);
  }

  /** Height of a node above the lower wall. */
  #node(key: StreamKey, node: number): number {
    return this.#range * unit(draw(key.k0, foldHigh(key.k1, node), node, this.#channel));
  }

  /** Reflects a height at both walls until it lies between them. */
  #fold(height: number): number {
    const period = 2 * this.#range;
    const rest = height - Math.floor(height / period) * period;
    const folded = rest > this.#range ? period - rest : rest;
    return Math.min(Math.max(folded, 0), this.#range);
  }
}
