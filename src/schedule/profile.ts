import type { Micros } from '../core/clock.ts';
import type { Speed } from '../core/time-scale.ts';

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

/** A stretch of a profile whose level changes linearly from `from` to `to`; equal levels are a hold. */
export interface LinearSegment {
  durationUs: Micros;
  from: Level;
  to: Level;
}

/** A stretch of a profile that swings between `low` and `high`; at its start it is `phaseUs` behind a peak, 0 ≤ phaseUs < periodUs. */
export interface SineSegment {
  durationUs: Micros;
  low: Level;
  high: Level;
  periodUs: Micros;
  phaseUs: Micros;
}

export type ScheduleSegment = LinearSegment | SineSegment;

/** Plain data in the plan. Segments follow each other from time 0 (the warm-up is the first); after the last one its end level stays. */
export interface ScheduleSpec {
  rate: ExactRate;
  segments: ScheduleSegment[];
  /** Absent: events are evenly spaced. Else they come at random, like calls at an exchange; the key decides when. */
  poisson?: { k0: number; k1: number };
  /** Present: events come when those of a recording did; there are no segments, and `rate` is the most in one second. */
  recorded?: RecordedPace;
}

/** The pace of a recording. */
export interface RecordedPace {
  /** Names its times, which each thread has loaded. */
  key: string;
  /** After the last event the first. */
  loop: boolean;
  /** Recorded time per device time. */
  warp: Speed;
  /** Device time per slot time. */
  speed: Speed;
}

/** An open-loop rate over time as intended send times. Time 0 is the anchor's start. */
export interface RateProfile {
  /** Intended send time of slot `slot`, an integer; never decreases with the slot. The only normative function. */
  timeOf(slot: number): Micros;
  /** How many slots have `timeOf(slot) < t`: the exact inverse of `timeOf`. */
  dueBy(t: Micros): number;
  /** When the turn of the last slot there is at all is over; absent: it goes on, or the last level's pause does. */
  readonly endUs?: Micros;
}
