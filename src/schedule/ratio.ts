/** An exact non-negative ratio in lowest terms. Only for compiling a schedule: a call per event would cost too much. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

/** `n / d` in lowest terms; `n` not negative, `d` positive. */
export function ratio(n: bigint | number, d: bigint | number = 1n): Ratio {
  const top = BigInt(n);
  const bottom = BigInt(d);
  const divisor = greatestCommonDivisor(top, bottom);
  return { n: top / divisor, d: bottom / divisor };
}

export function sum(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function product(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.n, a.d * b.d);
}

/** The smallest integer not below `a`. */
export function ceilOf(a: Ratio): bigint {
  return (a.n + a.d - 1n) / a.d;
}

/** The nearest double, within one unit in the last place whatever the size of numerator and denominator. */
export function toDouble(a: Ratio): number {
  if (a.n === 0n) return 0;
  // Scales the quotient to at least 64 significant bits, so that the rounding to a double is the only one that counts.
  const shift = BigInt(Math.max(0, 64 + bitLength(a.d) - bitLength(a.n)));
  return Number((a.n << shift) / a.d) / Number(1n << shift);
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
