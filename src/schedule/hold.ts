import type { Micros } from '../core/clock.ts';
import { ceilOf, greatestCommonDivisor, type Ratio } from './ratio.ts';
import type { Stretch, StretchBounds } from './stretch.ts';

/**
 * A stretch of constant rate P events per Q µs in integers alone, or null where a product could leave the 53 bits of a double.
 *
 * Slot j of the stretch (j = slot − firstSlot) is due at `startUs + head + j·Q/P`, where head is the time that passes before the
 * first whole slot. j·Q/P repeats every P slots: with j = a·P + b it is a·Q + b·Q/P. Over a common denominator D,
 * Q/P = q + v/D and head = w + u/D, so
 *
 *     floor(head + j·Q/P) = w + a·Q + b·q + floor((u + b·v) / D)        b < P, u < D, v < D
 *
 * `floor(x / y)` of two safe integers is exact in doubles: x/y falls short of the next integer m by at least 1/y, which is not
 * less than m·2⁻⁵³ as long as m·y ≤ 2⁵³.
 */
export function integerHold(bounds: StretchBounds, rate: Ratio): Stretch | null {
  const { startUs, firstSlot, startCount } = bounds;
  const periodSlots = rate.n;
  const periodUs = rate.d;
  const missing = ceilOf(startCount) * startCount.d - startCount.n;
  const headTop = missing * periodUs;
  const headBottom = startCount.d * periodSlots;
  const headDivisor = greatestCommonDivisor(headTop, headBottom);
  const denominator = leastCommonMultiple(periodSlots, headBottom / headDivisor);
  const headScaled = (headTop / headDivisor) * (denominator / (headBottom / headDivisor));
  const stepScaled = periodUs * (denominator / periodSlots);
  const largestSum = denominator + periodSlots * (stepScaled % denominator);
  if (largestSum > BigInt(Number.MAX_SAFE_INTEGER)) return null;

  const p = Number(periodSlots);
  const q = Number(periodUs);
  const d = Number(denominator);
  const stepWhole = Number(stepScaled / denominator);
  const stepRest = Number(stepScaled % denominator);
  const headWhole = startUs + Number(headScaled / denominator);
  const headRest = Number(headScaled % denominator);
  const eventsPerUs = p / q;
  const headSlots = Number(missing) / Number(startCount.d);

  return {
    ...bounds,
    timeOf(slot: number): Micros {
      const j = slot - firstSlot;
      const a = Math.floor(j / p);
      const b = j - a * p;
      return headWhole + a * q + b * stepWhole + Math.floor((headRest + b * stepRest) / d);
    },
    estimate: (t) => firstSlot + (t - startUs) * eventsPerUs - headSlots,
  };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a / greatestCommonDivisor(a, b)) * b;
}
