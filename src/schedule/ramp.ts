import type { Micros } from '../core/clock.ts';
import { type Ratio, ratio, sum, toDouble } from './ratio.ts';
import type { Stretch, StretchBounds } from './stretch.ts';

/** Rates in events per µs at both ends of a stretch of `durationUs`; equal rates are a hold. */
export interface RampShape {
  from: Ratio;
  to: Ratio;
  durationUs: Micros;
}

/** 2⁻⁴⁷, more than the relative error of `distance` below: at most nine roundings of 2⁻⁵³ each, taken fourfold and more. */
const relativeError = 1 / 0x8000_0000_0000;

/**
 * A stretch whose rate changes linearly, by square root with an exact decision where rounding could matter.
 *
 * At τ µs into the stretch `from·τ + (to − from)·τ²/(2T)` of its events are over. Solving for τ on a falling ramp subtracts nearly
 * equal numbers, so a falling ramp is solved from its end, where it is a rising one. With c events to go from the slower end,
 * s the rate there and g the gain of rate per µs,
 *
 *     distance = 2c / (s + √(s² + 2gc))
 *
 * has only sums of positive terms. c itself is a whole number of slots plus a positive fraction, so nothing cancels there either,
 * and the relative error stays below a few units in the last place. If an integer lies within that error, integers decide.
 */
export function ramp(bounds: StretchBounds, shape: RampShape): Stretch {
  const { startUs, startCount, firstSlot, endSlot } = bounds;
  const { from, to, durationUs } = shape;
  const rising = to.n * from.d >= from.n * to.d;
  const slow = toDouble(rising ? from : to);
  const steepness = toDouble(
    ratio(rising ? to.n * from.d - from.n * to.d : from.n * to.d - to.n * from.d, from.d * to.d * BigInt(durationUs)),
  );
  const slowSquared = slow * slow;
  const isOver = exactTest(startCount, shape);

  const endUs = startUs + durationUs;
  const lastSlot = endSlot - 1;
  const beforeFirst = toDouble(ratio(BigInt(firstSlot) * startCount.d - startCount.n, startCount.d));
  const afterLast = rising ? 0 : fractionAfter(lastSlot, sum(startCount, eventsOf(shape)));

  function distance(events: number): number {
    return (2 * events) / (slow + Math.sqrt(slowSquared + 2 * steepness * events));
  }

  function decide(slot: number, offset: number): Micros {
    const exactSlot = BigInt(slot);
    while (offset > 0 && !isOver(offset, exactSlot)) offset--;
    while (isOver(offset + 1, exactSlot)) offset++;
    return startUs + offset;
  }

  return {
    startUs,
    firstSlot,
    endSlot,
    timeOf(slot: number): Micros {
      const events = rising ? slot - firstSlot + beforeFirst : lastSlot - slot + afterLast;
      const real = events === 0 ? 0 : distance(events);
      if (real > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
      const nearest = Math.floor(real + 0.5);
      if (Math.abs(real - nearest) <= real * relativeError) {
        return decide(slot, rising ? nearest : Math.max(0, durationUs - nearest));
      }
      return rising ? startUs + Math.floor(real) : endUs - Math.ceil(real);
    },
    estimate(t: Micros): number {
      if (rising) {
        const tau = t - startUs;
        return firstSlot - beforeFirst + tau * (slow + (steepness * tau) / 2);
      }
      const left = Math.max(0, endUs - t);
      return lastSlot + afterLast - left * (slow + (steepness * left) / 2);
    },
  };
}

/**
 * Returns the test `events over at offset τ ≤ slot`, which is `timeOf(slot) ≥ startUs + τ`, in integers: with all ratios over one
 * denominator E, `2T·C + 2T·F·τ + (G − F)·τ² ≤ 2T·E·slot` for start count C/E and rates F/E, G/E.
 */
function exactTest(startCount: Ratio, shape: RampShape): (offset: Micros, slot: bigint) => boolean {
  const { from, to } = shape;
  const twice = 2n * BigInt(shape.durationUs);
  const denominator = startCount.d * from.d * to.d;
  const start = twice * startCount.n * from.d * to.d;
  const linear = twice * from.n * startCount.d * to.d;
  const square = (to.n * from.d - from.n * to.d) * startCount.d;
  const perSlot = twice * denominator;
  return (offset, slot) => {
    const tau = BigInt(offset);
    return start + linear * tau + square * tau * tau <= perSlot * slot;
  };
}

function fractionAfter(lastSlot: number, endCount: Ratio): number {
  return toDouble(ratio(endCount.n - BigInt(lastSlot) * endCount.d, endCount.d));
}

/** Exact number of events in a stretch: its duration times the mean of both rates. */
export function eventsOf({ from, to, durationUs }: RampShape): Ratio {
  return ratio((from.n * to.d + to.n * from.d) * BigInt(durationUs), 2n * from.d * to.d);
}
