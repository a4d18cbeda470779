import type { Micros } from '../core/clock.ts';
import { ceilOf, greatestCommonDivisor, type Ratio, ratio } from './ratio.ts';
import type { SlotRange, Stretch, StretchBounds } from './stretch.ts';

/**
 * A stretch of constant rate, P events per Q µs, in integers alone.
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
export class IntegerHold implements Stretch {
  readonly startUs: Micros;
  readonly firstSlot: number;
  readonly endSlot: number;
  readonly #p: number;
  readonly #q: number;
  readonly #d: number;
  readonly #perPeriod: number;
  readonly #perDenominator: number;
  readonly #stepWhole: number;
  readonly #stepRest: number;
  readonly #headWhole: number;
  readonly #headRest: number;

  private constructor({ startUs, firstSlot, endSlot }: SlotRange, rate: Ratio, head: Ratio, denominator: bigint) {
    const headScaled = head.n * (denominator / head.d);
    const stepScaled = rate.d * (denominator / rate.n);
    this.startUs = startUs;
    this.firstSlot = firstSlot;
    this.endSlot = endSlot;
    this.#p = Number(rate.n);
    this.#q = Number(rate.d);
    this.#d = Number(denominator);
    this.#perPeriod = 1 / this.#p;
    this.#perDenominator = 1 / this.#d;
    this.#stepWhole = Number(stepScaled / denominator);
    this.#stepRest = Number(stepScaled % denominator);
    this.#headWhole = startUs + Number(headScaled / denominator);
    this.#headRest = Number(headScaled % denominator);
  }

  /** null where a product could leave the 53 bits of a double. */
  static create(bounds: StretchBounds, rate: Ratio): IntegerHold | null {
    const { startCount } = bounds;
    const missing = ratio(ceilOf(startCount) * startCount.d - startCount.n, startCount.d);
    const head = ratio(missing.n * rate.d, missing.d * rate.n);
    const denominator = leastCommonMultiple(rate.n, head.d);
    const stepRest = (rate.d * (denominator / rate.n)) % denominator;
    const largest = 2n * denominator + rate.n * stepRest + rate.d;
    if (largest > BigInt(Number.MAX_SAFE_INTEGER)) return null;
    return new IntegerHold(bounds, rate, head, denominator);
  }

  timeOf(slot: number): Micros {
    const p = this.#p;
    const d = this.#d;
    const j = slot - this.firstSlot;
    let a = Math.floor(j * this.#perPeriod);
    let b = j - a * p;
    if (b < 0) {
      a--;
      b += p;
    } else if (b >= p) {
      a++;
      b -= p;
    }
    const rest = this.#headRest + b * this.#stepRest;
    let carry = Math.floor(rest * this.#perDenominator);
    const left = rest - carry * d;
    if (left < 0) carry--;
    else if (left >= d) carry++;
    return this.#headWhole + a * this.#q + b * this.#stepWhole + carry;
  }

  estimate(t: Micros): number {
    return this.firstSlot + ((t - this.#headWhole) * this.#p) / this.#q;
  }
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a / greatestCommonDivisor(a, b)) * b;
}
