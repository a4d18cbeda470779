import { ln } from './logarithm.ts';

const CELLS = 2048;
const CELL_BITS = 21;
const CELL_SCALE = 1 / 2097152;
/** Cells at each end where a chord is too far from the curve; 0.4 % of the draws take the exact path. */
const EDGE = 4;

const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
const A_LAST = 2.506628277459239;
const C_LAST = 2.938163982698783;
const TAIL = 0.02425;

function horner(coefficients: readonly number[], x: number, last: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum * x + last;
}

/** Quantile of the standard normal distribution for p in (0, 1): P. J. Acklam's rational approximation, relative error 1.15e-9. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < TAIL) {
    const q = Math.sqrt(-2 * ln(p));
    return horner(C, q, C_LAST) / horner(D, q, 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (horner(A, r, A_LAST) * q) / horner(B, r, 1);
}

function quantileTable(): Float64Array {
  const table = new Float64Array(CELLS + 1);
  for (let i = 1; i < CELLS; i++) table[i] = normalQuantile(i / CELLS);
  return table;
}

const quantiles = quantileTable();

/** Standard normal variate from 32 random bits: a chord of the quantile function, the function itself in the tails. At most ±6.34. */
export function normal(word: number): number {
  const cell = word >>> CELL_BITS;
  if (cell < EDGE || cell >= CELLS - EDGE) return normalQuantile(((word >>> 0) + 0.5) / 4294967296);
  const low = quantiles[cell] as number;
  return low + ((quantiles[cell + 1] as number) - low) * ((word & 0x1fffff) * CELL_SCALE);
}
