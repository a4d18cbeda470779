/** Terms of the series; the last is below 1e-17 for |x| < 0.07. */
const TERMS = 7;

/**
 * Angle in radians whose tangent is `x`, absolute error below 1e-15. Built from IEEE-exact operations only, because `Math.atan` may differ
 * between engines and so must not decide a byte.
 *
 * atan x = 2·atan(x / (1 + √(1 + x²))), five times over: what is left is at most tan(π/64), and its series is short.
 */
export function arctangent(x: number): number {
  let tangent = x;
  for (let half = 0; half < 5; half++) tangent /= 1 + Math.sqrt(1 + tangent * tangent);
  const q = tangent * tangent;
  let sum = 0;
  for (let k = TERMS; k >= 0; k--) sum = 1 / (2 * k + 1) - q * sum;
  return 32 * tangent * sum;
}
