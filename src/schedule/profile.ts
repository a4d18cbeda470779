import type { Micros } from '../core/clock.ts';

/** A rate as an exact ratio: `events` per `perUs` microseconds, both positive safe integers. 51M/day is { 51e6, 86_400e6 }. */
export interface ExactRate {
  events: number;
  perUs: number;
}

/** A level as an exact ratio of the fleet's rate: 10 % is { 1, 10 }. */
export interface Level {
  numerator: number;
  denominator: number;
}

/** One stretch of a profile. Levels change linearly from `from` to `to`; equal levels are a hold. */
export interface ScheduleSegment {
  durationUs: Micros;
  from: Level;
  to: Level;
}

/** Plain data in the plan. Segments follow each other from time 0 (the warm-up is the first); after the last one its end level stays. */
export interface ScheduleSpec {
  rate: ExactRate;
  segments: ScheduleSegment[];
}

/** An open-loop rate over time as intended send times. Time 0 is the anchor's start. */
export interface RateProfile {
  /** Intended send time of slot `slot`, an integer; never decreases with the slot. The only normative function. */
  timeOf(slot: number): Micros;
  /** How many slots have `timeOf(slot) < t`: the exact inverse of `timeOf`. */
  dueBy(t: Micros): number;
}
