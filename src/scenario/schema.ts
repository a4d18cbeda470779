import { z } from 'zod';
import { closestName } from '../core/closest-name.ts';
import type { Speed } from '../core/time-scale.ts';
import { parseDuration, parseShare, parseSpeed } from '../core/units.ts';
import { resultFormatNames } from '../metrics/result-formats.ts';
import { models } from '../models/registry.ts';
import { bytes, cost, count, duration, fleetRate, LONGEST_US, rate } from '../targets/option-schemas.ts';
import { behavior } from './behavior-schema.ts';
import { isHostPattern } from './host-pattern.ts';
import { parseInstant } from './instant.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { ownPayload } from './payload-schema.ts';

/*
 * The grammar of a scenario, in sections: each is checked on its own, so that a mistake in one hides none in another. The block of the
 * target comes from the target itself, the parameters of a fleet from its model.
 */

/** Names of fleets and of targets. */
export const fleetName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Plugins add models, so what there is shows when a scenario is checked; editors hear of those that are built in. */
const modelName = z
  .string()
  .superRefine((name, context) => {
    if (Object.hasOwn(models, name)) return;
    const near = closestName(name, Object.keys(models));
    const hint = near === undefined ? `there is ${Object.keys(models).join(', ')}` : `did you mean "${near}"?`;
    context.addIssue({ code: 'custom', message: `there is no model "${name}"`, params: { hint } });
  })
  .meta({ examples: Object.keys(models) });

const level = share('a level such as 50%');

/** A time, or a share of run.duration. */
export const lasting = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number' ? `"${issue.input}" lacks its unit` : 'expected a time or a share',
  })
  .meta({ description: 'a time such as 30s, or a share of run.duration such as 10%' })
  .transform((text, context) => {
    const parsed = text.endsWith('%') || text.endsWith('ppm') ? parseShare(text) : parseDuration(text);
    if ('error' in parsed)
      return complain(context, parsed.error, 'write a time such as 30s, or a share of run.duration such as 10%');
    if (typeof parsed.value === 'object') return parsed.value;
    if (parsed.value > LONGEST_US) return complain(context, `"${text}" is longer than a year`, 'write at most 366d');
    return { us: parsed.value };
  });

/** The forms of a profile's entry, and the keys that each needs besides its own. */
const entryForms = { hold: ['for'], ramp: ['for'], sine: ['for', 'period'], steps: ['each'] } as const;

const twoLevels = z.tuple([level, level], { error: 'expected two levels, such as [10%, 100%]' });

/** One entry of a fleet's profile. */
export const profileEntry = z
  .strictObject({
    hold: level.optional().describe('stays at this level'),
    ramp: twoLevels.optional().describe('goes from one level to the other'),
    sine: twoLevels.optional().describe('swings between two levels'),
    steps: z.array(level).min(1).max(1000).optional().describe('stays at one level after the other'),
    for: lasting.optional().describe('how long the entry lasts'),
    each: lasting.optional().describe('how long each step lasts'),
    period: duration().optional().describe('of a sine'),
    peak_at: duration('zero')
      .optional()
      .describe('when a sine is highest: device time, a time of day for a period of 24h; default 0s'),
  })
  .superRefine((entry, context) => {
    const complain = (message: string, hint: string): void =>
      context.addIssue({ code: 'custom', message, params: { hint } });
    const forms = Object.keys(entryForms) as (keyof typeof entryForms)[];
    const [form, ...others] = forms.filter((name) => entry[name] !== undefined);
    if (form === undefined || others.length > 0) {
      complain('an entry has either hold, ramp, sine or steps', 'write { hold: 100%, for: 1m }');
      return;
    }
    const needed: readonly string[] = entryForms[form];
    for (const key of ['for', 'each', 'period'] as const) {
      if (needed.includes(key) && entry[key] === undefined) {
        const params = { about: 'missing', hint: exampleOf[form] };
        context.addIssue({ code: 'custom', path: [key], message: `${form} needs "${key}"`, params });
      }
      if (!needed.includes(key) && entry[key] !== undefined)
        complain(`"${key}" has no meaning for ${form}`, exampleOf[form]);
    }
    if (form !== 'sine' && entry.peak_at !== undefined)
      complain(`"peak_at" has no meaning for ${form}`, exampleOf[form]);
  })
  .meta({ title: 'profile entry' });

const exampleOf = {
  hold: 'write { hold: 100%, for: 1m }',
  ramp: 'write { ramp: [10%, 100%], for: 10% }',
  sine: 'write { sine: [60%, 140%], period: 24h, peak_at: 20h, for: 70% }',
  steps: 'write { steps: [100%, 50%, 25%], each: 1m }',
} as const;

/** One fleet. */
export const fleet = z
  .strictObject({
    model: modelName.describe('what the devices are'),
    params: z.record(z.string(), z.unknown()).default({}).describe('parameters of the model'),
    devices: count(1, 100_000_000).describe('how many'),
    id: z.string().min(1).max(256).optional().describe('default <fleet>-<index>'),
    every: duration().optional().describe('between two events of a device'),
    rate: fleetRate().optional().describe('of the whole fleet; recorded: the pace of what model: replay plays'),
    arrivals: z
      .enum(['even', 'poisson'])
      .default('even')
      .describe('even: equally spaced; poisson: at random, with the same total in every second'),
    profile: z.array(profileEntry).max(1000).optional().describe('levels in % of the rate; default hold 100%'),
    payload: z
      .union([z.string(), ownPayload], { error: 'expected a payload profile of the model, or a map with fields' })
      .describe('a payload profile of the model, or own fields'),
    topic: z.string().optional().describe('overrides the target’s topic; of Kafka, one for all events of the fleet'),
    key: z.string().optional().describe('default <device>'),
    to: z
      .array(z.string(), { error: 'expected a list of targets, such as [edge]' })
      .min(1)
      .optional()
      .describe('the targets that every event goes to; required with several targets'),
    behavior: behavior.optional(),
  })
  .meta({ title: 'fleet' });

const pointer = z
  .string({ error: 'expected a JSON pointer such as /payload' })
  .regex(/^(\/([^~/]|~[01])*)+$/, { error: (issue) => `"${issue.input}" is no JSON pointer such as /payload` });

/** What a bridge leaves of an event. */
export const hop = z
  .strictObject({
    payload_at: pointer
      .optional()
      .describe('JSON pointer to the payload in what arrives; default: that is the payload'),
    as: z
      .enum(['string', 'object', 'base64'])
      .optional()
      .describe('how the payload stands there: text of a JSON string (default), a JSON value, or base64'),
    survives: z
      .enum(['fields', 'headers', 'derived', 'none'])
      .describe('what still identifies an event; none: events can only be counted'),
  })
  .meta({ title: 'hop' });

/** What the verifier expects. */
export const verify = z
  .strictObject({
    read: z
      .union([z.string(), z.array(z.string()).min(1)], { error: 'expected a target, or a list of targets' })
      .optional()
      .describe('targets that are read back and must hold the same events; default: where the fleets send'),
    taps: z
      .array(z.string(), { error: 'expected a list of targets, such as [edge]' })
      .optional()
      .describe(
        'targets that are read to tell on which hop an event was lost or doubled, in the order that events pass them',
      ),
    hop: hop.optional().describe('what the bridge leaves of an event on its way to targets to which no fleet sends'),
    expect: z.enum(['at-least-once', 'at-most-once', 'exactly-once']).optional(),
    order: z
      .union([z.literal('per_device'), z.literal(false)], { error: 'expected per_device or false' })
      .optional()
      .describe('whether events of a device must keep their order'),
    grace: duration('zero').prefault('30s').describe('wait for the last arrivals'),
  })
  .meta({ title: 'verify' });

export const clock = z.strictObject({
  start: z
    .string()
    .transform((text, context): number | null => {
      if (text === 'now') return null;
      return parseInstant(text) ?? complain(context, `"${text}" is no instant`, 'write now, or 2024-01-31T00:00:00Z');
    })
    .prefault('now')
    .describe('device time of the start: now, or an ISO instant'),
  speed: z
    .string({ error: 'expected a speed such as 1x or 1440x, or max' })
    .meta({ pattern: String.raw`^(max|\d+(\.\d+)?x)$` })
    .transform((text, context): Speed | 'max' => {
      if (text === 'max') return text;
      const parsed = parseSpeed(text);
      return 'value' in parsed ? parsed.value : complain(context, parsed.error, parsed.hint);
    })
    .prefault('1x')
    .describe(
      'device time per real time: 1440x is a day in a minute; max: as fast as the target takes it (file, discard)',
    ),
});

export const run = z.strictObject({
  warm_up: duration('zero').prefault('0s').describe('before the measurement, at the first level'),
  duration: duration().prefault('1m').describe('of the measurement'),
  drain: duration('zero').prefault('30s').describe('wait for outstanding acknowledgements'),
});

/** Most labels of a run. */
const MOST_LABELS = 32;
/** Names that every system of metrics takes. */
const labelName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Labels of a run, as the file or `--label` gives them. */
export const labels = z
  .record(
    z.string(),
    z
      .union([z.string(), z.number(), z.boolean()], { error: 'expected a text' })
      .transform(String)
      .pipe(
        z
          .string()
          .max(256)
          .refine((text) => !/\p{Cc}/u.test(text), 'a label has no control characters'),
      ),
  )
  .superRefine((record, context) => {
    for (const name of Object.keys(record)) {
      if (labelName.test(name)) continue;
      const params = { about: 'key', hint: 'letters, digits and "_", beginning with a letter, at most 64' };
      context.addIssue({ code: 'custom', path: [name], message: `"${name}" cannot be a label's name`, params });
    }
    if (Object.keys(record).length > MOST_LABELS)
      context.addIssue({ code: 'custom', message: `a run has at most ${MOST_LABELS} labels` });
  })
  .meta({ title: 'labels' });

export const outputs = z.strictObject({
  dir: z
    .string()
    .min(1)
    .refine((dir) => !dir.includes('\0'), 'a path cannot hold a zero byte')
    .default('results/<name>-<utc>')
    .describe('results directory'),
  labels: labels.default({}).describe('stand in every output'),
  prometheus: z
    .union([z.string(), z.int()], { error: 'expected an address and port, such as "127.0.0.1:9464"' })
    .transform((given, context): ListenAddress => {
      const parsed = parseListenAddress(String(given));
      return 'value' in parsed ? parsed.value : complain(context, parsed.error, parsed.hint);
    })
    .optional()
    .describe(
      'where /metrics is served while the run runs, for Prometheus: 127.0.0.1:9464, or a port alone; other machines can ask only where another address stands here',
    ),
  formats: z
    .array(z.enum(resultFormatNames as [string, ...string[]]))
    .default([...resultFormatNames])
    .describe('files beside summary.json'),
});

export const safety = z.strictObject({
  allow: z
    .array(
      z.string().refine(isHostPattern, {
        error: (issue) => `"${issue.input}" is neither host nor host:port`,
        params: { hint: 'write broker.example.com, *.example.com or 10.1.2.3:1883' },
      }),
    )
    .default([])
    .describe('hosts that a run may reach: host or host:port, * for one or more labels'),
  max_rate: rate().optional().describe('highest rate that flags may ask for'),
  max_duration: duration().optional().describe('longest warm-up and duration that flags may ask for'),
  max_cost: cost().optional().describe('what a run may cost by list prices, for targets that charge; default 5 USD'),
  max_memory: bytes(64 * 1024 * 1024)
    .optional()
    .describe('a run whose processes together need more ends'),
});

/** A threshold with what goes beyond its expression. */
export const threshold = z
  .strictObject({
    check: z
      .string({ error: 'expected a text such as "unknown < 0.1%"' })
      .describe('[fleet.|target.]metric [stat] op value'),
    after: lasting
      .optional()
      .describe(
        'judged from then on, over everything since the start, and not at all in a run that ends before: a time after the warm-up such as 1m, or a share of run.duration such as 10%',
      ),
    abort_on_fail: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('judged about once a second while the run is sending, which ends when it fails'),
  })
  .meta({ title: 'threshold' });

/** The top of a scenario without its blocks. */
export const top = z.strictObject({
  iotload: z.literal(1, { error: 'expected 1, the version of the grammar' }),
  name: z
    .string()
    .min(1)
    .max(100)
    .refine((name) => !/\p{Cc}/u.test(name), 'a name has no control characters')
    .optional()
    .describe('default: the file’s name'),
  description: z.string().max(1000).default(''),
  plugins: z
    .array(z.string({ error: 'expected the path of a module' }))
    .max(100)
    .default([])
    .describe('modules that add models, codecs, targets or reports; they run code'),
  seed: z.int({ error: 'expected a whole number from 0' }).min(0).default(1).describe('equal seeds give equal events'),
  thresholds: z
    .array(z.union([z.string(), threshold], { error: 'expected a text such as "response_time p99 < 250ms"' }))
    .default([])
    .describe('what has to hold: [fleet.|target.]metric [stat] op value'),
});

const block = z.record(z.string(), z.unknown());

/** The top of a scenario with its blocks not looked into. */
export const document = top.extend({
  clock: z.unknown().optional(),
  run: z.unknown().optional(),
  fleets: block.refine((fleets) => Object.keys(fleets).length > 0, 'a scenario needs at least one fleet'),
  target: block.optional(),
  targets: block.optional(),
  bridge: z.unknown().optional(),
  verify: z.unknown().optional(),
  timeline: z.unknown().optional(),
  capacity: z.unknown().optional(),
  outputs: z.unknown().optional(),
  safety: z.unknown().optional(),
});

/** A share, as an exact ratio. */
export function share(what: string) {
  return z
    .string({
      error: (issue) =>
        typeof issue.input === 'number' ? `"${issue.input}" lacks its unit: expected ${what}` : `expected ${what}`,
    })
    .meta({ description: what, pattern: String.raw`^\d+(\.\d+)?(%|ppm)$` })
    .transform((text, context) => {
      const parsed = parseShare(text);
      return 'value' in parsed ? parsed.value : complain(context, parsed.error, parsed.hint);
    });
}

function complain(context: z.core.$RefinementCtx, message: string, hint: string): never {
  context.addIssue({ code: 'custom', message, params: { hint } });
  return z.NEVER;
}
