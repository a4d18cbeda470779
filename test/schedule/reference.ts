import type { LinearSegment, ScheduleSpec } from '../../src/schedule/profile.ts';

/** A schedule of holds and ramps. */
export type LinearSpec = Omit<ScheduleSpec, 'segments'> & { segments: LinearSegment[] };

/**
 * The schedule by its definition and nothing else: N(t), the exact integral of the rate, as a numerator over `denominator`.
 * Independent of the code under test: no shared helper, no closed form for the inverse.
 */
export function referenceCount(spec: LinearSpec, t: number): { n: bigint; d: bigint } {
  let n = 0n;
  let d = 1n;
  let start = 0;
  const segments = [...spec.segments];
  const end = segments.at(-1)?.to ?? { numerator: 1, denominator: 1 };
  segments.push({ durationUs: Number.MAX_SAFE_INTEGER, from: end, to: end });
  for (const segment of segments) {
    const T = BigInt(segment.durationUs);
    const tau = BigInt(Math.min(t - start, segment.durationUs));
    if (t <= start) break;
    if (T === 0n) continue;
    // rate · (f·τ + (g − f)·τ²/2T), f and g the levels
    const f = BigInt(segment.from.numerator) * BigInt(segment.to.denominator);
    const g = BigInt(segment.to.numerator) * BigInt(segment.from.denominator);
    const top = BigInt(spec.rate.events) * (2n * T * f * tau + (g - f) * tau * tau);
    const bottom = BigInt(spec.rate.perUs) * 2n * T * BigInt(segment.from.denominator) * BigInt(segment.to.denominator);
    n = n * bottom + top * d;
    d *= bottom;
    start += segment.durationUs;
  }
  return { n, d };
}

/** ⌈N(t)⌉: how many slots are due before `t`. */
export function referenceDueBy(spec: LinearSpec, t: number): number {
  if (t <= 0) return 0;
  const { n, d } = referenceCount(spec, t);
  return Number((n + d - 1n) / d);
}

/** The greatest t with N(t) ≤ slot, by bisection; Infinity if N never passes `slot` before `limit`. */
export function referenceTimeOf(spec: LinearSpec, slot: number, limit: number): number {
  const isOver = (t: number): boolean => {
    const { n, d } = referenceCount(spec, t);
    return n <= BigInt(slot) * d;
  };
  if (isOver(limit)) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = limit;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isOver(middle)) low = middle;
    else high = middle;
  }
  return low;
}
