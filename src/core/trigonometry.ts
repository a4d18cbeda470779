/**
 * Sine of an angle in turns, absolute error below 4e-9 for |turns| < 2^40. IEEE-exact operations only: `Math.sin` differs between
 * engines and is slow for large arguments.
 *
 * With r the angle reduced to [-½, ½): sin 2πr = r·(1 − 4r²)·P(r²), P a Chebyshev fit of degree 5 on [0, ¼]; the factors carry the
 * zeros at 0 and ±½ exactly.
 */
export function sinTurns(turns: number): number {
  const r = turns - Math.floor(turns + 0.5);
  const q = r * r;
  const p =
    ((((-0.7903124562989845 * q + 3.5123608827463815) * q - 9.623957659434048) * q + 16.769155766605394) * q -
      16.20895568036883) *
      q +
    6.283185288677693;
  return r * (1 - 4 * q) * p;
}

/** Cosine of an angle in turns; see `sinTurns`. */
export function cosTurns(turns: number): number {
  return sinTurns(turns + 0.25);
}
