import { z } from 'zod';
import {
  type Parsed,
  parseBytes,
  parseCost,
  parseCount,
  parseDistance,
  parseDuration,
  parseRate,
} from '../core/units.ts';
import type { ExactRate } from '../schedule/profile.ts';

/*
 * Schemas of values that several blocks of a scenario share. Main thread only: a worker never loads a schema library. Each reads the
 * form of the scenario file and gives the integer that the plan holds.
 */

/** Longest time a scenario may name, µs: a year and a day keep every sum of times exact. */
export const LONGEST_US = 366 * 86_400_000_000;

/** A duration with its unit, as µs. */
export function duration(least: 'zero' | 'positive' = 'positive') {
  const bounded = (text: string): Parsed<number> => {
    const parsed = parseDuration(text);
    if ('error' in parsed) return parsed;
    if (parsed.value > LONGEST_US) return { error: `"${text}" is longer than a year`, hint: 'write at most 366d' };
    if (parsed.value === 0 && least === 'positive')
      return { error: `"${text}" is no time at all`, hint: 'write at least 1us' };
    return parsed;
  };
  return quantity(bounded, 'a time such as 10s, 216ms or 1h30m', String.raw`^(\d+(\.\d+)?(us|ms|s|m|h|d))+$`);
}

/** A rate with its unit, as an exact ratio. */
export function rate() {
  return quantity(parseRate, 'a rate such as 590/s or 51M/day', String.raw`^\d+(\.\d+)?[kMG]?/(s|min|h|day)$`);
}

/** The rate of a fleet: one with its unit, or the pace of what it plays. */
export function fleetRate() {
  const parse = (text: string): Parsed<ExactRate | 'recorded'> =>
    text === 'recorded' ? { value: text } : parseRate(text);
  return quantity(parse, 'a rate such as 590/s or 51M/day', String.raw`^(recorded|\d+(\.\d+)?[kMG]?/(s|min|h|day))$`);
}

/** A size with its unit, as bytes. */
export function bytes(least: number) {
  const bounded = (text: string): Parsed<number> => {
    const parsed = parseBytes(text);
    if ('value' in parsed && parsed.value < least)
      return { error: `"${text}" is less than ${sizeText(least)}`, hint: `write at least ${sizeText(least)}` };
    return parsed;
  };
  return quantity(bounded, 'a size such as 64MiB', String.raw`^\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB)$`);
}

/** A size in the largest unit of the scenario file that it is a whole number of. */
function sizeText(size: number): string {
  const [unit, name] = (
    [
      [1024 ** 3, 'GiB'],
      [1024 ** 2, 'MiB'],
      [1024, 'KiB'],
    ] as const
  ).find(([unit]) => size % unit === 0) ?? [1, 'B'];
  return `${size / unit}${name}`;
}

/** A cost with its unit, as US dollars. */
export function cost() {
  return quantity(parseCost, 'a cost such as 5 USD', String.raw`^\d+(\.\d+)? ?USD$`);
}

/** A distance with its unit, as metres. */
export function distance(least: number, most: number) {
  const text = (metres: number): string => (metres % 1_000 === 0 ? `${metres / 1_000}km` : `${metres}m`);
  const bounded = (written: string): Parsed<number> => {
    const parsed = parseDistance(written);
    if ('error' in parsed || (parsed.value >= least && parsed.value <= most)) return parsed;
    return { error: `"${written}" is out of range`, hint: `write ${text(least)} to ${text(most)}` };
  };
  return quantity(bounded, 'a distance such as 9km', String.raw`^\d+(\.\d+)?(m|km)$`);
}

/** A count within bounds, as a number or with a multiple: 200k. */
export function count(least: number, most: number) {
  const bounds = `from ${least} to ${most}`;
  return z
    .union(
      [
        z.number().meta({ type: 'integer', minimum: least, maximum: most }),
        z.string().meta({ pattern: String.raw`^\d+(\.\d+)?[kMG]?$` }),
      ],
      { error: `expected a count ${bounds}, such as 250 or 200k` },
    )
    .transform((value, context): number => {
      const parsed = parseCount(`${value}`);
      if ('error' in parsed) return complain(context, parsed);
      if (parsed.value >= least && parsed.value <= most) return parsed.value;
      return complain(context, { error: `"${value}" is out of range`, hint: `write a count ${bounds}` });
    });
}

/** The scenario's word, as a computed key: an object with a key of this name may be mistaken for a promise. */
const then = 'then';

/** What may wait for a target that is slow, and what happens beyond. */
export const backlog = z
  .strictObject({
    max: bytes(65_536).default(64 * 1024 * 1024),
    [then]: z.enum(['shed', 'abort']).default('shed').describe('shed: give up events and say so; abort: end the run'),
  })
  .prefault({})
  .transform((block) => ({ maxBytes: block.max, [then]: block[then] }))
  .meta({ title: 'backlog', description: 'what may wait for a slow target, in all workers together' });

function quantity<T>(parse: (text: string) => Parsed<T>, title: string, pattern: string) {
  return z
    .string({
      error: (issue) =>
        typeof issue.input === 'number' ? `"${issue.input}" lacks its unit: expected ${title}` : `expected ${title}`,
    })
    .meta({ description: title, pattern })
    .transform((text, context): T => {
      const parsed = parse(text);
      return 'value' in parsed ? parsed.value : complain(context, parsed);
    });
}

function complain(context: z.core.$RefinementCtx, { error, hint }: { error: string; hint: string }): never {
  context.addIssue({ code: 'custom', message: error, params: { hint } });
  return z.NEVER;
}
