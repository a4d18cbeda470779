import { streamRoot } from '../core/random.ts';
import type { Speed } from '../core/time-scale.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { ExactRate, ScheduleSpec } from '../schedule/profile.ts';
import type { TemplateProblem } from './check-templates.ts';
import { type ProfileTimes, profileProblems, scheduleSpec, spedUp, tooFastForPoisson } from './fleet-schedule.ts';
import { type FleetModel, pacelessProblems, resolveRecorded } from './recorded-pace.ts';

/** What a fleet's schedule depends on besides the fleet. */
export interface ScheduleSurroundings extends ProfileTimes {
  /** The rate that `--rate` leaves to it, in slot time; null for its own. */
  rate: ExactRate | null;
  seed: number;
}

/** The rate of a whole fleet at 100 %, in slot time; undefined where it is not given, wrong or recorded, null where it cannot be kept exactly. */
export function rateOf({ value: { rate, every, devices } }: FleetDraft, speed: Speed): ExactRate | undefined | null {
  if (rate === 'recorded') return undefined;
  const own = rate ?? (every === undefined || devices === undefined ? undefined : { events: devices, perUs: every });
  if (own === undefined || speed.numerator === speed.denominator) return own;
  return spedUp(own, speed);
}

/** A fleet's schedule; undefined, and everything reported by its place in the fleet, where something is wrong. */
export function resolveSchedule(
  draft: FleetDraft,
  made: FleetModel,
  around: ScheduleSurroundings,
  report: (path: (string | number)[], problem: TemplateProblem) => void,
): ScheduleSpec | undefined {
  const { name, value } = draft;
  if (value.rate === 'recorded') return resolveRecorded(draft, made, around.speed, report);
  const paceless = pacelessProblems(made);
  for (const [path, problem] of paceless) report(path, problem);
  if (paceless.length > 0) return undefined;
  const rate = around.rate ?? rateOf(draft, around.speed);
  if (rate === undefined) return undefined;
  if (rate === null) {
    const message = 'the rate has too many digits to be kept exactly at this speed';
    report([value.rate === undefined ? 'every' : 'rate'], { message, hint: 'use rounder numbers' });
    return undefined;
  }
  const schedule = scheduleSpec(rate, value.profile, around);
  const problems = profileProblems(value.profile ?? [], schedule.segments);
  for (const [index, problem] of problems) report(['profile', index], problem);
  if (problems.length > 0) return undefined;
  if (value.arrivals !== 'poisson') return schedule;
  const problem = tooFastForPoisson(schedule, around.warmUpUs + around.durationUs);
  if (problem !== null) report(['arrivals'], problem);
  return problem === null ? { ...schedule, poisson: streamRoot(around.seed, name, 'arrivals') } : undefined;
}
