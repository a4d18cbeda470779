const view = new DataView(new ArrayBuffer(8));
const LOG2E = Math.LOG2E;
/** ln 2 in two parts; the first has so few bits that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 1/k! for k = 13 … 0. */
const coefficients = inverseFactorials(13);

/**
 * e^x, relative error below 1e-15; 0 below -708, Infinity above 709. Built from IEEE-exact operations only, because `Math.exp` may differ
 * between engines and so must not decide a byte.
 *
 * x = k·ln 2 + r with |r| ≤ ½ ln 2; e^r as its Taylor series, times 2^k.
 */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.floor(x * LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * r + coefficient;
  // 2^1023 is the largest power that a number can be, 2^1024 the largest that is needed.
  view.setUint32(0, (k - 1 + 1023) << 20);
  view.setUint32(4, 0);
  return sum * 2 * view.getFloat64(0);
}

/** 10^x, as exact as `exp`. */
export function tenTo(x: number): number {
  return exp(x * Math.LN10);
}

function inverseFactorials(degree: number): number[] {
  const values = [1];
  for (let k = 1; k <= degree; k++) values.unshift((values[0] as number) / k);
  return values;
}
