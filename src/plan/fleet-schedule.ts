import type { Micros } from '../core/clock.ts';
import { type Speed, timeScale } from '../core/time-scale.ts';
import { formatRate } from '../core/units.ts';
import { FASTEST_PER_SECOND } from '../schedule/poisson.ts';
import type { ExactRate, Level, LinearSegment, ScheduleSegment, ScheduleSpec } from '../schedule/profile.ts';
import { product, type Ratio, ratio, sum } from '../schedule/ratio.ts';
import { linearSegments, MOST_PERIODS, startLevel } from '../schedule/sine.ts';
import type { TemplateProblem } from './check-templates.ts';

/** A profile entry as the scenario's schema gives it: one of its four forms. Lengths are times, or shares of the duration. */
export interface ProfileEntry {
  hold?: Level | undefined;
  ramp?: [Level, Level] | undefined;
  sine?: [Level, Level] | undefined;
  steps?: Level[] | undefined;
  for?: Lasting | undefined;
  each?: Lasting | undefined;
  period?: Micros | undefined;
  peak_at?: Micros | undefined;
}

/** A time, or a share of the run's duration. */
export type Lasting = { us: Micros } | Level;

/** What turns the times of a profile into those of the schedule. */
export interface ProfileTimes {
  warmUpUs: Micros;
  durationUs: Micros;
  /** How much faster device time runs than the schedule's. */
  speed: Speed;
  /** Device time of slot time 0, as far as a wave's phase depends on it; 0 where a run starts now: then its day begins with it. */
  clockStartUs: Micros;
}

const full: Level = { numerator: 1, denominator: 1 };

/** A fleet's schedule: the warm-up at the profile's first level, then the profile's entries; without a profile, 100 % throughout. */
export function scheduleSpec(
  rate: ExactRate,
  profile: readonly ProfileEntry[] | undefined,
  times: ProfileTimes,
): ScheduleSpec {
  const { warmUpUs, durationUs } = times;
  const entries: ScheduleSegment[] = [];
  let end = ratio(0);
  for (const entry of profile ?? []) {
    const length = lengthOf(entry.for ?? entry.each, times);
    for (const form of formsOf(entry)) {
      const startUs = floorOf(end);
      end = sum(end, length);
      entries.push(segmentOf(form, startUs + warmUpUs, floorOf(end) - startUs, entry, times));
    }
  }
  const first = entries[0] === undefined ? full : startLevel(entries[0]);
  const warmUp = { durationUs: warmUpUs, from: first, to: first };
  const segments = [warmUp, ...entries].filter((segment) => segment.durationUs > 0);
  // Without a segment the level would be 100 %, whatever an entry of no length says.
  if (segments.length === 0 && entries.length > 0) segments.push({ durationUs, from: first, to: first });
  return { rate, segments };
}

/** Levels at both ends of a stretch, or the two that it swings between. */
type Form = { from: Level; to: Level } | { low: Level; high: Level };

function formsOf({ hold, ramp, sine, steps }: ProfileEntry): Form[] {
  if (steps !== undefined) return steps.map((level) => ({ from: level, to: level }));
  if (sine !== undefined) return [{ low: sine[0], high: sine[1] }];
  const [from, to] = ramp ?? [hold ?? full, hold ?? full];
  return [{ from, to }];
}

function segmentOf(
  form: Form,
  atUs: Micros,
  lengthUs: Micros,
  { period = 1, peak_at: peakAt = 0 }: ProfileEntry,
  { speed, clockStartUs }: ProfileTimes,
): ScheduleSegment {
  if ('from' in form) return { durationUs: lengthUs, ...form };
  const deviceUs = clockStartUs + timeScale(speed).deviceOf(atUs);
  const sincePeak = (((deviceUs - peakAt) % period) + period) % period;
  const periodUs = Math.max(1, slowed(period, speed));
  return { durationUs: lengthUs, ...form, periodUs, phaseUs: Math.min(slowed(sincePeak, speed), periodUs - 1) };
}

/** A length in slot time, exactly: a share of the duration, or a device time divided by the speed. */
function lengthOf(lasting: Lasting | undefined, { durationUs, speed }: ProfileTimes): Ratio {
  if (lasting === undefined) return ratio(durationUs);
  if (!('us' in lasting)) return product(ratio(durationUs), ratio(lasting.numerator, lasting.denominator));
  return product(ratio(lasting.us), ratio(speed.denominator, speed.numerator));
}

function floorOf({ n, d }: Ratio): number {
  return Number(n / d);
}

/** A device time in slot time, cut to µs. */
function slowed(us: Micros, { numerator, denominator }: Speed): Micros {
  return Number((BigInt(us) * BigInt(denominator)) / BigInt(numerator));
}

/** What makes entries of a profile impossible to keep, by their place in it; `segments` are the entries' own, the warm-up before them. */
export function profileProblems(
  profile: readonly ProfileEntry[],
  segments: readonly ScheduleSegment[],
): [index: number, problem: TemplateProblem][] {
  const waves = segments.filter((segment) => 'periodUs' in segment);
  const places = profile.flatMap(({ sine }, index) => (sine === undefined ? [] : [index]));
  return waves.flatMap(({ durationUs, periodUs }, i): [number, TemplateProblem][] => {
    if (durationUs <= periodUs * MOST_PERIODS) return [];
    const hint = `at most ${MOST_PERIODS} periods in one entry: lengthen the period, or shorten the entry`;
    return [[places[i] as number, { message: 'the period is too short for the length of this entry', hint }]];
  });
}

/** Random arrivals are made by the second, which has to fit the memory. */
export function tooFastForPoisson(schedule: ScheduleSpec, endUs: Micros): TemplateProblem | null {
  if (perSecond(schedule.rate) * highestLevel(schedule, endUs) <= FASTEST_PER_SECOND) return null;
  const message = `Poisson arrivals are made for at most ${formatRate(FASTEST_PER_SECOND)}`;
  return { message, hint: 'divide the fleet, or write arrivals: even' };
}

/** A rate of device time as one of slot time; null where it then has too many digits for safe integers. */
export function spedUp({ events, perUs }: ExactRate, speed: Speed): ExactRate | null {
  return exactRate(product(ratio(events, perUs), ratio(speed.numerator, speed.denominator)));
}

/** Rates scaled so that their sum is `total`, exactly; null where a rate then has too many digits for safe integers. */
export function scaleRates(rates: readonly ExactRate[], total: ExactRate): ExactRate[] | null {
  const ratios = rates.map(({ events, perUs }) => ratio(events, perUs));
  const sum = ratios.reduce((a, b) => ratio(a.n * b.d + b.n * a.d, a.d * b.d), ratio(0));
  const factor = product(ratio(total.events, total.perUs), { n: sum.d, d: sum.n });
  const scaled = ratios.map((rate) => exactRate(product(rate, factor)));
  return scaled.every((rate) => rate !== null) ? scaled : null;
}

function exactRate({ n, d }: Ratio): ExactRate | null {
  const safe = n <= BigInt(Number.MAX_SAFE_INTEGER) && d <= BigInt(Number.MAX_SAFE_INTEGER);
  return safe ? { events: Number(n), perUs: Number(d) } : null;
}

/** Events per second at 100 %. */
export function perSecond({ events, perUs }: ExactRate): number {
  return (events / perUs) * 1_000_000;
}

/** The highest level that occurs before `endUs`. */
export function highestLevel({ segments }: ScheduleSpec, endUs: Micros): number {
  return Math.max(...breakpoints(linearSegments(segments), endUs).map(([, level]) => level));
}

/** The highest sum of the fleets' rates before `endUs`, events per second. */
export function peakPerSecond(schedules: readonly ScheduleSpec[], endUs: Micros): number {
  const linear = schedules.map(({ rate, segments }) => ({ rate, segments: linearSegments(segments) }));
  const bends = linear.flatMap(({ segments }) => breakpoints(segments, endUs).map(([at]) => at));
  const times = [...new Set(bends)].sort((a, b) => a - b);
  const before = new Float64Array(times.length);
  const after = new Float64Array(times.length);
  for (const { rate, segments } of linear) addLevels(segments, times, perSecond(rate), before, after);
  return Math.max(...[before, after].map((rates) => rates.reduce((peak, rate) => Math.max(peak, rate), 0)));
}

/** Where levels bend or jump before `endUs`, with the level there. */
function breakpoints(segments: readonly LinearSegment[], endUs: Micros): [at: Micros, level: number][] {
  const points: [Micros, number][] = [];
  let at = 0;
  for (const { durationUs, from, to } of segments) {
    if (at >= endUs) break;
    points.push([at, value(from)]);
    const end = Math.min(at + durationUs, endUs);
    points.push([end, value(from) + ((value(to) - value(from)) * (end - at)) / durationUs]);
    at += durationUs;
  }
  if (at < endUs) points.push([at, value(segments.at(-1)?.to ?? full)]);
  return points;
}

/** Adds the rates just before and just after each of `times`, which ascend. */
function addLevels(
  segments: readonly LinearSegment[],
  times: readonly Micros[],
  rate: number,
  before: Float64Array,
  after: Float64Array,
): void {
  let segment = 0;
  let startUs = 0;
  const last = value(segments.at(-1)?.to ?? full);
  const levelAt = (t: Micros): number => {
    const current = segments[segment];
    if (current === undefined) return last;
    const [from, to] = [value(current.from), value(current.to)];
    return from + ((to - from) * (t - startUs)) / current.durationUs;
  };
  times.forEach((t, i) => {
    // The segment that reaches up to `t` tells the level before it, the one that begins there the level after.
    const endOf = (): Micros => startUs + (segments[segment]?.durationUs ?? Number.POSITIVE_INFINITY);
    const step = (): void => {
      startUs = endOf();
      segment++;
    };
    while (endOf() < t) step();
    before[i] = (before[i] as number) + rate * levelAt(t);
    while (endOf() <= t) step();
    after[i] = (after[i] as number) + rate * levelAt(t);
  });
}

function value({ numerator, denominator }: Level): number {
  return numerator / denominator;
}
