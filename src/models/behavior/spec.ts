import type { Micros } from '../../core/clock.ts';

/** A share as an exact ratio: 0.1 % is { 1, 1000 }. */
export interface Share {
  numerator: number;
  denominator: number;
}

/** What the devices of a fleet do besides reporting on time; plain data in the plan. Times but the skew are slot time. */
export interface BehaviorSpec {
  /** Each device reloads once in every stretch of this length, and is a new device from then on. */
  churn?: { everyUs: Micros };
  /** Each device is cut off once in every stretch of `everyUs`, for `forUs`. */
  offline?: { everyUs: Micros; forUs: Micros };
  /** A device's clock is wrong by at most this much, fast or slow, and always by the same. Device time. */
  clockSkewUs?: Micros;
  /** Share of the events that are sent twice. */
  duplicates?: Share;
  /** Share of the events whose payload is damaged on purpose. */
  malformed?: Share;
}
