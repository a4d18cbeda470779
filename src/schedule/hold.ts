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
 * Each quotient is a product with the reciprocal, at most one off, put right by its remainder: every term is a safe integer, so the
 * remainder is exact, and it saves the latency of two divisions.
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
  const largestSum = 2n * denominator + periodSlots * (stepScaled % denominator);
  if (largestSum > BigInt(Number.MAX_SAFE_INTEGER)) return null;

  const p = Number(periodSlots);
  const q = Number(periodUs);
  const d = Number(denominator);
  const stepWhole = Number(stepScaled / denominator);
  const stepRest = Number(stepScaled % denominator);
  const headWhole = startUs + Number(headScaled / denominator);
  const headRest = Number(headScaled % denominator);
  const perPeriod = 1 / p;
  const perDenominator = 1 / d;
  const eventsPerUs = p / q;
  const headSlots = Number(missing) / Number(startCount.d);

  return {
    ...bounds,
    timeOf(slot: number): Micros {
      const j = slot - firstSlot;
      let a = Math.floor(j * perPeriod);
      let b = j - a * p;
      if (b < 0) {
        a--;
        b += p;
      } else if (b >= p) {
        a++;
        b -= p;
      }
      const rest = headRest + b * stepRest;
      let carry = Math.floor(rest * perDenominator);
      const left = rest - carry * d;
      if (left < 0) carry--;
      else if (left >= d) carry++;
      return headWhole + a * q + b * stepWhole + carry;
    },
    estimate: (t) => firstSlot + (t - startUs) * eventsPerUs - headSlots,
  };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a / greatestCommonDivisor(a, b)) * b;
}
