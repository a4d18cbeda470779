import type { Micros } from '../core/clock.ts';
import type { ExactRate, Level, ScheduleSegment, ScheduleSpec } from '../schedule/profile.ts';
import { product, type Ratio, ratio } from '../schedule/ratio.ts';

/** A profile entry as the scenario's schema gives it. `for` is a time, or a share of the duration. */
export interface ProfileEntry {
  hold?: Level | undefined;
  ramp?: [Level, Level] | undefined;
  for: { us: Micros } | Level;
}

const full: Level = { numerator: 1, denominator: 1 };

/** A fleet's schedule: the warm-up at the profile's first level, then the profile's entries; without a profile, 100 % throughout. */
export function scheduleSpec(
  rate: ExactRate,
  profile: readonly ProfileEntry[] | undefined,
  warmUpUs: Micros,
  durationUs: Micros,
): ScheduleSpec {
  const entries = (profile ?? []).map((entry) => segmentOf(entry, durationUs));
  const first = entries[0]?.from ?? full;
  const warmUp = { durationUs: warmUpUs, from: first, to: first };
  const segments = [warmUp, ...entries].filter((segment) => segment.durationUs > 0);
  // Without a segment the level would be 100 %, whatever an entry of no length says.
  if (segments.length === 0 && entries.length > 0) segments.push({ durationUs, from: first, to: first });
  return { rate, segments };
}

function segmentOf({ hold, ramp, for: lasting }: ProfileEntry, durationUs: Micros): ScheduleSegment {
  const [from, to] = ramp ?? [hold ?? full, hold ?? full];
  if ('us' in lasting) return { durationUs: lasting.us, from, to };
  const share = (BigInt(durationUs) * BigInt(lasting.numerator)) / BigInt(lasting.denominator);
  return { durationUs: Number(share), from, to };
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
  return Math.max(...breakpoints(segments, endUs).map(([, level]) => level));
}

/** The highest sum of the fleets' rates before `endUs`, events per second. */
export function peakPerSecond(schedules: readonly ScheduleSpec[], endUs: Micros): number {
  const times = new Set(schedules.flatMap(({ segments }) => breakpoints(segments, endUs).map(([at]) => at)));
  let peak = 0;
  for (const at of times) {
    for (const side of ['before', 'after'] as const) {
      const sum = schedules.reduce(
        (total, { rate, segments }) => total + perSecond(rate) * levelAt(segments, at, side),
        0,
      );
      peak = Math.max(peak, sum);
    }
  }
  return peak;
}

/** Where levels bend or jump before `endUs`, with the level there. */
function breakpoints(segments: readonly ScheduleSegment[], endUs: Micros): [at: Micros, level: number][] {
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

function levelAt(segments: readonly ScheduleSegment[], t: Micros, side: 'before' | 'after'): number {
  let at = 0;
  for (const { durationUs, from, to } of segments) {
    const end = at + durationUs;
    if (t < end || (t === end && side === 'before'))
      return value(from) + ((value(to) - value(from)) * (t - at)) / durationUs;
    at = end;
  }
  return value(segments.at(-1)?.to ?? full);
}

function value({ numerator, denominator }: Level): number {
  return numerator / denominator;
}
