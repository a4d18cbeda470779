const view = new DataView(new ArrayBuffer(8));
const LN2 = Math.LN2;

/**
 * Natural logarithm of a positive normal number, relative error below 1e-15. Built from IEEE-exact operations only, because
 * `Math.log` may differ between engines and so must not decide a byte.
 *
 * x = m · 2^e with m in [√½, √2); ln m = 2·artanh(s) with s = (m − 1)/(m + 1), |s| < 0.172, as a series in s².
 */
export function ln(x: number): number {
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  let exponent = (high >>> 20) - 1022;
  view.setUint32(0, (high & 0x000fffff) | 0x3fe00000);
  let m = view.getFloat64(0);
  if (m < Math.SQRT1_2) {
    m *= 2;
    exponent--;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * q + 1 / k;
  return exponent * LN2 + 2 * s * sum;
}

/** Logarithm to base 10, as exact as `ln`. */
export function log10(x: number): number {
  return ln(x) / Math.LN10;
}
