import type { PayloadLayout } from '../codecs/codec.ts';
import { leavesOf } from '../codecs/field-tree.ts';
import { derivedPlaces } from '../codecs/place.ts';
import type { Micros } from '../core/clock.ts';
import { type Speed, timeScale } from '../core/time-scale.ts';
import { formatDuration, formatRate } from '../core/units.ts';
import type { ScheduleSpec } from '../schedule/profile.ts';
import { placeholdersOf, type TemplateProblem } from './check-templates.ts';
import { highestLevel, perSecond } from './fleet-schedule.ts';
import type { PayloadPlan } from './plan.ts';
import { leastDeviceGapUs } from './recorded-pace.ts';

/** What decides whether device and time of an event determine its slot. */
export interface DerivedQuestion {
  fields: PayloadPlan['fields'];
  layout: PayloadLayout;
  schedule: ScheduleSpec;
  devices: number;
  /** End of the run. */
  endUs: Micros;
  /** Device time per slot time. */
  speed: Speed;
  maxSamplingDelayUs: Micros;
  /** As the model promises it. */
  leastGapUs?: Micros | undefined;
}

/**
 * Why the payload alone does not identify an event; null where it does. The event time of a slot lies within the sampling delay before its
 * due time and is cut to the resolution in which it is written, so two slots of a device must be further apart than both together.
 */
export function derivedProblem({
  fields,
  layout,
  schedule,
  devices,
  endUs,
  speed,
  maxSamplingDelayUs,
  leastGapUs,
}: DerivedQuestion): TemplateProblem | null {
  const placeholders = [...leavesOf(fields)].flatMap(({ value }) =>
    typeof value === 'string' ? placeholdersOf(value) : [],
  );
  const time = placeholders.find(({ name }) => name.startsWith('time.'));
  if (time === undefined || !placeholders.some(({ name }) => name === 'device')) {
    const missing = [
      placeholders.some(({ name }) => name === 'device') ? null : '<device>',
      time === undefined ? '<time.iso>' : null,
    ];
    const hint = `add ${missing.filter((name) => name !== null).join(' and ')} to the fields, or choose identity: fields`;
    return { message: 'device and time do not both stand in the payload', hint };
  }
  if (derivedPlaces(layout) === null) {
    const hint = 'put both at the front, each in a field of its own, or choose identity: fields';
    return { message: 'device and time do not stand where they can be found in every event', hint };
  }
  if (schedule.poisson !== undefined) {
    const hint = 'write arrivals: even, or use a payload with identity: fields';
    return { message: 'with Poisson arrivals two events of a device may fall on one time', hint };
  }
  const resolutionUs =
    time.name === 'time.s' || time.name === 'time.utc' ? 10 ** (6 - Number(time.format ?? 0)) : 1_000;
  // A model that keeps its instants apart itself does so by the lesser of its own gap and that of the due times.
  const leastUs =
    leastGapUs !== undefined && leastGapUs > resolutionUs ? resolutionUs : maxSamplingDelayUs + resolutionUs;
  if (schedule.recorded !== undefined) {
    const leastGapUs = timeScale(speed).deviceOf(leastDeviceGapUs(schedule.recorded, devices, endUs));
    if (leastGapUs > leastUs) return null;
    const message = `two rows that one device plays are ${formatDuration(leastGapUs)} apart, and their times are only exact to ${formatDuration(leastUs)}`;
    return { message, hint: 'use more devices, or a payload with identity: fields' };
  }
  const highest = perSecond(schedule.rate) * highestLevel(schedule, endUs);
  // Due times are whole microseconds, cut: two of them may be one closer than the rate says.
  const slotGapUs = Math.floor((devices / highest) * 1_000_000) - 1;
  const gapUs = timeScale(speed).deviceOf(Math.max(slotGapUs, 0));
  if (gapUs > leastUs) return null;
  const stepUs = speed.numerator / speed.denominator;
  const most = formatRate(Math.floor((devices * 1e6 * stepUs) / (leastUs + 1 + Math.max(1, stepUs))));
  const hint = `with ${devices} devices at most ${most}; use more devices, or a payload with identity: fields`;
  const message = `events of a device ${formatDuration(Math.max(gapUs, 0))} apart cannot be told apart by their time, which is only exact to ${formatDuration(leastUs)}`;
  return { message, hint };
}
