import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { IntegerHold } from './hold.ts';
import { poissonSchedule } from './poisson.ts';
import type { Level, LinearSegment, RateProfile, ScheduleSpec } from './profile.ts';
import { eventsOf, type RampShape, ramp } from './ramp.ts';
import { ceilOf, product, type Ratio, ratio, sum } from './ratio.ts';
import { recordedSchedule } from './recorded.ts';
import { linearSegments } from './sine.ts';
import type { Stretch } from './stretch.ts';

/**
 * Compiles a schedule. With N(t) the exact integral of the rate from time 0, slot k is due at ⌊t⌋ where N passes k; so `dueBy(t)` is
 * ⌈N(t)⌉, a slot due within a pause waits for its end, and slots and times below 2⁵³ are exact at any rate.
 *
 * Without segments the rate holds at 100 %. Where the last level is 0 the schedule ends: `timeOf` of a slot that never comes is
 * Infinity, and `dueBy` stays at the number of slots there are. Beyond 2⁵³ `timeOf` may say Infinity and `dueBy` stays at 2⁵³ − 1.
 *
 * @throws IotloadError `defect` for a spec that no scenario can give: a part that is not a safe integer, a zero denominator.
 */
export function createSchedule(spec: ScheduleSpec): RateProfile {
  if (spec.recorded !== undefined) return recordedSchedule(spec.recorded);
  const even = evenSchedule(spec);
  if (spec.poisson === undefined) return even;
  return poissonSchedule(even, spec.poisson, (spec.rate.events / spec.rate.perUs) * 1e6);
}

function evenSchedule(spec: ScheduleSpec): RateProfile {
  const stretches = compile(spec);
  const last = stretches.at(-1);
  const total = last === undefined ? 0 : last.endSlot;
  // Slots are asked for in ascending order nearly always, so the last answer's stretch is tried first. It never alters an answer.
  let current = 0;

  function stretchOf(slot: number): Stretch | undefined {
    current = firstIndex(stretches.length, (i) => slot < (stretches[i] as Stretch).endSlot);
    return stretches[current];
  }

  function timeOf(slot: number): Micros {
    let stretch = stretches[current];
    if (stretch === undefined || slot < stretch.firstSlot || slot >= stretch.endSlot) stretch = stretchOf(slot);
    return stretch === undefined ? Number.POSITIVE_INFINITY : stretch.timeOf(slot);
  }

  function dueBy(t: Micros): number {
    if (!(t > 0)) return 0;
    if (t === Number.POSITIVE_INFINITY) return Math.min(total, Number.MAX_SAFE_INTEGER);
    const stretch = stretches[firstIndex(stretches.length, (i) => (stretches[i] as Stretch).startUs > t) - 1];
    if (stretch === undefined) return 0;
    let count = Math.min(Math.max(Math.ceil(stretch.estimate(t)), stretch.firstSlot), stretch.endSlot);
    if (count >= Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    while (count > 0 && timeOf(count - 1) >= t) count--;
    while (count < total && timeOf(count) < t) count++;
    return count;
  }

  return { timeOf, dueBy };
}

/** The first index for which `holds` is true, of those where it is false first and then true; `count` where it never is. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Segments that own at least one slot, in order. Pauses and segments without a slot only move time and count forward. */
function compile(spec: ScheduleSpec): Stretch[] {
  const segments = linearSegments(spec.segments);
  check(spec.rate, segments);
  const fullRate = ratio(spec.rate.events, spec.rate.perUs);
  const stretches: Stretch[] = [];
  let startUs = 0;
  let count = ratio(0);
  let endLevel: Level = { numerator: 1, denominator: 1 };

  for (const segment of segments) {
    endLevel = segment.to;
    if (segment.durationUs === 0) continue;
    const shape: RampShape = {
      from: rateAt(segment.from, fullRate),
      to: rateAt(segment.to, fullRate),
      durationUs: segment.durationUs,
    };
    const endCount = sum(count, eventsOf(shape));
    add(stretches, startUs, count, slotNumber(endCount), shape);
    startUs += segment.durationUs;
    count = endCount;
  }
  const endRate = rateAt(endLevel, fullRate);
  if (endRate.n > 0n) {
    add(stretches, startUs, count, Number.POSITIVE_INFINITY, { from: endRate, to: endRate, durationUs: 1 });
  }
  return stretches;
}

function add(stretches: Stretch[], startUs: Micros, startCount: Ratio, endSlot: number, shape: RampShape): void {
  const bounds = { startUs, startCount, firstSlot: slotNumber(startCount), endSlot };
  if (bounds.firstSlot === endSlot) return;
  const isHold = shape.from.n === shape.to.n && shape.from.d === shape.to.d;
  stretches.push((isHold ? IntegerHold.create(bounds, shape.from) : null) ?? ramp(bounds, shape));
}

function rateAt(level: Level, fullRate: Ratio): Ratio {
  return product(fullRate, ratio(level.numerator, level.denominator));
}

function slotNumber(count: Ratio): number {
  const slot = Number(ceilOf(count));
  if (slot > Number.MAX_SAFE_INTEGER) throw badSpec('more than 2^53 events in the segments', slot);
  return slot;
}

function check(rate: ScheduleSpec['rate'], segments: readonly LinearSegment[]): void {
  positive('rate.events', rate.events);
  positive('rate.perUs', rate.perUs);
  let endUs = 0;
  for (const { durationUs, from, to } of segments) {
    notNegative('durationUs', durationUs);
    for (const level of [from, to]) {
      notNegative('level numerator', level.numerator);
      positive('level denominator', level.denominator);
    }
    endUs += durationUs;
  }
  notNegative('end of the last segment', endUs);
}

function positive(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value <= 0) throw badSpec(`${what} is not a positive safe integer`, value);
}

function notNegative(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw badSpec(`${what} is not a safe integer from 0`, value);
}

function badSpec(message: string, value: number): IotloadError {
  return new IotloadError('defect', `schedule: ${message}`, { value: String(value) });
}
