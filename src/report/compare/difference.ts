/** Batches that a series is cut into: values of neighbouring seconds are alike, means of batches hardly. */
const BATCHES = 12;
/** Fewest values that say something about how much they scatter. */
const LEAST_VALUES = 8;
/** Of the normal distribution, for an interval that holds 99 of 100 differences. */
const Z = 2.5758293035489;

/** How much larger the second of two series is than the first, as a share of the first, with the interval that holds it at 99 %. */
export interface Difference {
  before: number;
  after: number;
  change: number;
  low: number;
  high: number;
}

/**
 * Compares the means of two series of one value a second. null where one of them has too few values or the first is 0 on average.
 * Batch means, then Welch's interval for the difference of their means.
 */
export function difference(before: readonly number[], after: readonly number[]): Difference | null {
  if (before.length < LEAST_VALUES || after.length < LEAST_VALUES) return null;
  const [one, other] = [batchMeans(before), batchMeans(after)];
  const [a, b] = [moments(one), moments(other)];
  if (a.mean <= 0) return null;
  const [va, vb] = [a.variance / one.length, b.variance / other.length];
  const error = Math.sqrt(va + vb);
  const freedom =
    va + vb === 0
      ? one.length + other.length - 2
      : (va + vb) ** 2 / (va ** 2 / (one.length - 1) + vb ** 2 / (other.length - 1));
  const half = error * studentQuantile(freedom);
  const gap = b.mean - a.mean;
  return {
    before: a.mean,
    after: b.mean,
    change: gap / a.mean,
    low: (gap - half) / a.mean,
    high: (gap + half) / a.mean,
  };
}

/** Means of equal stretches of a series; what is left over at the end goes to the last one. */
function batchMeans(values: readonly number[]): number[] {
  const batches = Math.min(BATCHES, Math.floor(values.length / 2));
  const size = Math.floor(values.length / batches);
  return Array.from({ length: batches }, (_, i) => {
    const part = values.slice(i * size, i === batches - 1 ? values.length : (i + 1) * size);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Student's quantile at 99.5 % by Cornish and Fisher's expansion: within 1 % from 5 degrees of freedom on. */
export function studentQuantile(freedom: number): number {
  const z2 = Z * Z;
  const terms = [
    (Z * (z2 + 1)) / 4,
    (Z * (5 * z2 * z2 + 16 * z2 + 3)) / 96,
    (Z * (3 * z2 ** 3 + 19 * z2 * z2 + 17 * z2 - 15)) / 384,
    (Z * (79 * z2 ** 4 + 776 * z2 ** 3 + 1482 * z2 * z2 - 1920 * z2 - 945)) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), Z);
}
