import type { Samples } from '../wire/samples.ts';
import { cellOf, highestIn, MAX_RECORDED_US, ORIGIN, RECORDER_CELLS } from './recorder.ts';
import type { RecorderGain, RecorderReader } from './recorder-reader.ts';
import type { QuantileSummary } from './result.ts';

/** Samples that have to lie above a quantile before it is printed. */
const MIN_SAMPLES_ABOVE = 10;

/**
 * A distribution of microseconds: the counts of an HdrHistogram (3 significant digits, 1 µs … 1 h) that stay exact up to 2⁵³, and
 * exact extremes and sum beside them. Negative samples rank as 0 and are counted; none is ever dropped.
 */
export class Histogram {
  readonly counts = new Float64Array(RECORDER_CELLS);
  count = 0;
  /** Exact, µs; +Infinity while empty. */
  min = Number.POSITIVE_INFINITY;
  /** Exact, µs; -Infinity while empty. */
  max = Number.NEGATIVE_INFINITY;
  sum = 0;
  /** Samples below 0. */
  negative = 0;
  /** Samples above one hour. */
  clamped = 0;
  /** Values that were no samples at all: NaN, infinite, or farther from zero than any time. Not in `count`. */
  rejected = 0;

  /** The distribution that a file holds; none is an empty one. */
  static of(samples: Samples | undefined): Histogram {
    const histogram = new Histogram();
    if (samples === undefined) return histogram;
    for (const [cell, count] of samples.cells) histogram.addToCell(cell, count);
    histogram.gain(samples);
    return histogram;
  }

  /** Takes what a recorder gained since its previous reading. */
  fold(reader: RecorderReader): void {
    this.gain(reader.read((cell, gained) => this.addToCell(cell, gained)));
  }

  /** Adds another distribution. Associative and commutative; an empty histogram is the identity. */
  add(other: Histogram): void {
    for (let cell = 0; cell < RECORDER_CELLS; cell++) {
      const count = other.counts[cell] as number;
      if (count > 0) this.addToCell(cell, count);
    }
    this.gain(other);
  }

  /** Records one sample, for use outside hot paths. */
  record(us: number, count = 1): void {
    if (!(Math.abs(us) < ORIGIN)) {
      this.rejected += count;
      return;
    }
    this.addToCell(cellOf(Math.min(MAX_RECORDED_US, Math.max(0, us))), count);
    const negative = us < 0 ? count : 0;
    const clamped = us > MAX_RECORDED_US ? count : 0;
    this.gain({ min: us, max: us, sum: us * count, negative, clamped, rejected: 0 });
  }

  addToCell(cell: number, count: number): void {
    this.counts[cell] = (this.counts[cell] as number) + count;
    this.count += count;
  }

  /** Adds totals whose cells were added one by one. */
  gain(gain: RecorderGain): void {
    if (gain.min < this.min) this.min = gain.min;
    if (gain.max > this.max) this.max = gain.max;
    this.sum += gain.sum;
    this.negative += gain.negative;
    this.clamped += gain.clamped;
    this.rejected += gain.rejected;
  }

  /**
   * Least value that a share `q` (0…1) of the samples does not exceed, at the cell's upper edge and never beyond the exact maximum;
   * NaN while empty.
   */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = rankOf(q, this.count);
    let below = 0;
    for (let cell = 0; cell < RECORDER_CELLS; cell++) {
      below += this.counts[cell] as number;
      if (below >= rank) return cell === RECORDER_CELLS - 1 ? this.max : Math.min(highestIn(cell), this.max);
    }
    return this.max;
  }

  /** The figures of the result document. */
  summarise(): QuantileSummary {
    const empty = this.count === 0;
    const quantile = (perTenThousand: number): number | null =>
      this.count * (10_000 - perTenThousand) >= MIN_SAMPLES_ABOVE * 10_000
        ? this.quantile(perTenThousand / 10_000)
        : null;
    return {
      count: this.count,
      min: empty ? null : this.min,
      mean: empty ? null : this.sum / this.count,
      p50: quantile(5_000),
      p90: quantile(9_000),
      p95: quantile(9_500),
      p99: quantile(9_900),
      p999: quantile(9_990),
      p9999: quantile(9_999),
      max: empty ? null : this.max,
      negative: this.negative,
      rejected: this.rejected,
    };
  }
}

/** Rank of quantile `q` among `count` samples, from 1; the subtraction undoes a product that rounded up past an integer. */
function rankOf(q: number, count: number): number {
  const exact = Math.min(1, q) * count;
  return Math.max(1, Math.ceil(exact - exact * Number.EPSILON));
}
