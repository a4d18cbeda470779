import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { keptTimes, type RecordedTimes } from '../core/recorded-times.ts';
import { type TimeScale, timeScale } from '../core/time-scale.ts';
import type { RateProfile, RecordedPace } from './profile.ts';

/**
 * Plays recorded events when they were: with R(k) the recorded time of slot k since the first, and a round begun every `lengthUs` where it
 * is looped, slot k is due at the first slot time whose device time is not before ⌊R(k) / warp⌋. So device time is exactly the recorded
 * one where neither warp nor speed are above 1. Not looped, the schedule ends with the last row.
 *
 * @throws IotloadError `defect` for times that this thread does not know
 */
export function recordedSchedule({ key, loop, warp, speed }: RecordedPace): RateProfile {
  const { timesUs, lengthUs } = recordedTimes(key);
  const rows = timesUs.length;
  const played = timeScale({ numerator: warp.denominator, denominator: warp.numerator });
  const device = timeScale(speed);

  function recordedOf(slot: number): Micros {
    if (slot < rows) return timesUs[slot] as number;
    if (!loop) return Number.POSITIVE_INFINITY;
    const round = Math.floor(slot / rows);
    return round * lengthUs + (timesUs[slot - round * rows] as number);
  }

  function timeOf(slot: number): Micros {
    return slotTime(recordedOf(slot), played, device);
  }

  function dueBy(t: Micros): number {
    if (!(t > 0)) return 0;
    const lastUs = Math.min(Math.ceil(t) - 1, Number.MAX_SAFE_INTEGER);
    const playedUs = Math.min(device.deviceOf(lastUs), Number.MAX_SAFE_INTEGER - 1);
    // Every time before this one is played by then.
    const endUs = Math.min(played.slotOf(playedUs + 1), Number.MAX_SAFE_INTEGER);
    if (!loop) return firstFrom(timesUs, endUs);
    const round = Math.floor(endUs / lengthUs);
    return Math.min(round * rows + firstFrom(timesUs, endUs - round * lengthUs), Number.MAX_SAFE_INTEGER);
  }

  return { timeOf, dueBy, ...(loop ? {} : { endUs: slotTime(lengthUs, played, device) }) };
}

/** @throws IotloadError `defect` for times that this thread does not know */
export function recordedTimes(key: string): RecordedTimes {
  const times = keptTimes(key);
  if (times === undefined) throw new IotloadError('defect', 'the times of a recording were not loaded', { value: key });
  return times;
}

/** Infinity beyond what a double holds exactly. */
function slotTime(recordedUs: Micros, played: TimeScale, device: TimeScale): Micros {
  if (recordedUs > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  const playedUs = played.deviceOf(recordedUs);
  if (playedUs > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  const slotUs = device.slotOf(playedUs);
  return slotUs > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : slotUs;
}

/** How many of `times`, which never decrease, are before `us`. */
function firstFrom(times: Float64Array, us: Micros): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < us) low = middle + 1;
    else high = middle;
  }
  return low;
}
