import { exp } from '../../core/exponential.ts';
import { ln } from '../../core/logarithm.ts';
import { draw, unit } from '../../core/random.ts';
import { Chapters } from '../chapters.ts';
import type { SeatKey } from '../model.ts';

/** What decides how long bearings last. */
export interface LifeSpec {
  /** Life that nine of ten reach, h. */
  l10: number;
  /** Slope of the Weibull distribution. */
  slope: number;
  /** Length of the blocks of `lifeAt`, h. */
  block: number;
}

/** Life that nine of ten ball bearings reach, h, by ISO 281: loads in one unit, speed in rpm. */
export function basicLife(capacity: number, load: number, rpm: number): number {
  const ratio = capacity / load;
  return ((1_000_000 / 60) * (ratio * ratio * ratio)) / rpm;
}

/** Life by which the share `p`, in [0, 1), has failed, h: (ln(1/(1 − p)) / ln(1/0.9))^(1/slope) times that of one in ten. */
export function lifeQuantile({ l10, slope }: Pick<LifeSpec, 'l10' | 'slope'>, p: number): number {
  if (p <= 0) return 0;
  return l10 * exp(ln(ln(1 - p) / ln(0.9)) / slope);
}

/** A block holds so many characteristic lives; at its end a bearing is changed whatever its state. */
const LIVES_PER_BLOCK = 6;
/** More do not follow one another in a block. */
const MOST_LIVES = 64;
/** No bearing lasts shorter than this share of the life that nine of ten reach: it would not have passed inspection. */
const LEAST = 0.02;
/** A machine is in one block for years: so many machines are kept at once. */
const KEPT_BLOCKS = 20_000;

/** Lives with the Weibull slope `slope`, of which nine of ten reach `l10` hours. */
export function lifeSpec(l10: number, slope: number): LifeSpec {
  return { l10, slope, block: LIVES_PER_BLOCK * lifeQuantile({ l10, slope }, 0.632) };
}

/** One bearing's life. Mutable and reused. */
export interface Life {
  /** Tells it from all others of its machine. */
  number: number;
  /** h in use so far, and until it fails. */
  age: number;
  length: number;
}

/** Lives of the bearings of a fleet's machines, each by its seat. Takes two channels. */
export class BearingLives {
  readonly #spec: LifeSpec;
  readonly #channel: number;
  /** Ends of the lives of each block, h from its beginning. */
  readonly #ends: Chapters<Float64Array>;

  constructor(spec: LifeSpec, channel: number) {
    this.#spec = spec;
    this.#channel = channel;
    this.#ends = new Chapters(KEPT_BLOCKS, (seat, block) => this.#endsOf(seat, block));
  }

  /**
   * The bearing in use after `hours`. Time is cut into blocks, at another phase for each machine, so that lives that follow one another
   * have to be added up only from the beginning of a block.
   */
  at(seat: SeatKey, hours: number, into: Life): void {
    const blockHours = this.#spec.block;
    const where = hours / blockHours + unit(draw(seat.k0, seat.k1, 0, this.#channel));
    const block = Math.floor(where);
    const gone = (where - block) * blockHours;
    const ends = this.#ends.of(seat, block);
    let i = 0;
    while (i < ends.length - 1 && gone >= (ends[i] as number)) i++;
    const begin = i === 0 ? 0 : (ends[i - 1] as number);
    into.number = block * MOST_LIVES + i;
    into.length = (ends[i] as number) - begin;
    into.age = Math.min(gone - begin, into.length);
  }

  #endsOf({ k0, k1 }: SeatKey, block: number): Float64Array {
    const { l10, block: blockHours } = this.#spec;
    const ends: number[] = [];
    let end = 0;
    while (end <= blockHours && ends.length < MOST_LIVES) {
      const drawn = lifeQuantile(this.#spec, unit(draw(k0, k1, block * MOST_LIVES + ends.length, this.#channel + 1)));
      end += Math.max(drawn, LEAST * l10);
      ends.push(end);
    }
    return Float64Array.from(ends);
  }
}
