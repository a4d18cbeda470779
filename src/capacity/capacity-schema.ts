import { z } from 'zod';
import { summarySchema } from '../metrics/summary-schema.ts';
import type { CapacityResult } from './capacity-result.ts';

const count = z.int().min(0);
const load = z.number().positive();
const perSecond = z.number().min(0);
const { scheduleLag, clientWait, serviceTime, responseTime, endToEnd } = summarySchema.shape.latency.shape;

const tally = z
  .strictObject({ level: load, holds: count, breaks: count })
  .meta({ id: 'tally' })
  .describe('a load, and how its trials came out that said something about the target');

const limit = z
  .strictObject({
    kind: z.enum(['threshold', 'delivery', 'throughput', 'backlog', 'target', 'generator', 'verifier', 'other']),
    what: z.string(),
  })
  .meta({ id: 'limit' })
  .describe(
    'throughput: it took less than was offered; backlog: events waited longer and longer; target: its own limit by its own word',
  );

const step = z
  .strictObject({
    level: load,
    purpose: z.enum(['ramp', 'bisect', 'confirm', 'ladder']),
    verdict: z
      .enum(['holds', 'breaks', 'generator', 'unsure'])
      .describe('generator: the load could not be offered; unsure: nothing is proved, for another reason'),
    reasons: z.array(z.string()),
    limit: limit.nullable(),
    offeredPerSecond: perSecond,
    achievedPerSecond: perSecond.describe('sent'),
    ackedPerSecond: perSecond.describe('acknowledged; where nothing is, sent'),
    latency: z
      .strictObject({ scheduleLag, clientWait, serviceTime, responseTime, endToEnd })
      .describe('microseconds, as in summary.json'),
    lagGrowth: z
      .strictObject({ perSecond: z.number(), low: z.number(), high: z.number() })
      .nullable()
      .describe('seconds by which an event’s wait grew per second, and its 95 % interval; null: too little is known'),
    dir: z.string().describe('folder of its result, relative to this file'),
    startedAt: z.iso.datetime(),
    seconds: z.number().min(0),
  })
  .meta({ id: 'step' });

const finding = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  ending: z.enum([
    ...(['found', 'holds to the end', 'breaks at once', 'generator full', 'unsure'] as const),
    ...(['out of steps', 'cut short'] as const),
  ]),
  highestHeld: tally.nullable().describe('the highest load that holds with none below it that breaks'),
  lowestBroke: tally.nullable(),
  interval: z
    .strictObject({ low: load, high: load, confidence: z.number().min(0).max(1) })
    .nullable()
    .describe('where the load lies at which half of all trials would break; null unless found'),
  limit: limit
    .nullable()
    .describe('what the lowest load that breaks breaks on, or what kept the search from its answer'),
  shards: count
    .nullable()
    .describe('generators like this one that could offer `to`; null where this one was not the limit'),
  nonMonotonic: z
    .array(z.strictObject({ broke: tally, held: tally }))
    .describe('loads that broke although a higher one held'),
  steps: count.describe('trials made'),
});

const provision = z
  .strictObject({
    load,
    times: z
      .strictObject({
        value: z.number().min(1),
        most: z.boolean().describe('it may be less: no load was found to break'),
      })
      .nullable()
      .describe('times the target that was tested, were it to grow in proportion; null: no load is known to hold'),
    enough: z.boolean().describe('what was tested holds it'),
    far: z.boolean().describe('further from what was tested than a proportion should be trusted'),
    targets: z
      .array(
        z.strictObject({
          name: z.string(),
          protocol: z.string(),
          needs: z.string().nullable(),
          lines: z.array(z.tuple([z.string(), z.string()])),
        }),
      )
      .describe('by the protocols’ own limits'),
  })
  .describe('what provision_for takes');

/** The schema of `capacity.json`. */
export const capacitySchema = z
  .strictObject({
    schema: z.literal('iotload/capacity/1'),
    verdict: finding.shape.verdict,
    answer: z.string().describe('what came out, in a sentence'),
    run: z.strictObject({
      id: z.string(),
      scenario: z.string(),
      planDigest: z.string().describe('of the plan of the least load; of a ladder, of the plan that walks it'),
      startedAt: z.iso.datetime(),
      durationSeconds: z.number().min(0),
      command: z.string(),
      labels: z.record(z.string(), z.string()),
      environment: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
    goal: z.strictObject({
      vary: z.enum(['rate', 'devices']).describe('the unit of every load here: events per second, or devices'),
      from: load,
      to: load,
      precision: z.number().positive(),
      confirm: count.min(1),
      provisionFor: load.nullable(),
    }),
    holdsIf: z.array(z.string()).describe('what has to be true of a load that holds'),
    finding,
    knee: load
      .nullable()
      .describe(
        'the tried load with the greatest achieved rate ÷ mean response time; null where it is the first or last of them',
      ),
    provision: provision.nullable(),
    steps: z.array(step),
  })
  .meta({
    title: 'iotload capacity',
    description: 'What a search for the highest load that holds has found: capacity.json.',
  }) satisfies z.ZodType<CapacityResult>;

/** The published JSON Schema, as plain JSON. */
export function capacityJsonSchema(): object {
  return z.toJSONSchema(capacitySchema, { target: 'draft-2020-12', io: 'output' });
}
