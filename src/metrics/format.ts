import type { Micros } from '../core/clock.ts';

/** A duration in the unit a reader would choose, three significant digits: `870 us`, `12.4 ms`, `1.25 s`. */
export function formatMicros(us: Micros): string {
  const size = Math.abs(us);
  if (size < 1_000) return `${significant(us)} us`;
  if (size < 1_000_000) return `${significant(us / 1_000)} ms`;
  return `${significant(us / 1_000_000)} s`;
}

/** A share of one in percent, `0.1 %`, or in parts per million where percent would be all zeros. */
export function formatShare(share: number): string {
  if (share !== 0 && Math.abs(share) < 1e-5) return `${significant(share * 1e6)} ppm`;
  return `${Number((share * 100).toPrecision(5))} %`;
}

function significant(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}
