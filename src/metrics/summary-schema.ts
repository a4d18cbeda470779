import { z } from 'zod';
import { outcomeNames } from '../core/outcome.ts';
import type { RunResult } from './result.ts';

const count = z.int().min(0);
const seconds = z.number().min(0);
const micros = z.number().describe('microseconds');
const place = z.string().regex(/^\d+\/\d+$/);
const ended = z.enum(['completed', 'interrupted', 'aborted', 'worker-died']);

const events = z
  .strictObject({
    intended: count,
    notSent: count,
    sent: count,
    acked: count,
    rejected: count,
    unknown: count,
    noAck: count,
    attempts: count,
  })
  .meta({ id: 'events' })
  .describe(
    `Outcomes of slots (${outcomeNames.join(', ')}). intended = notSent + sent; sent = acked + rejected + unknown + noAck.`,
  );

const delivery = z
  .strictObject({
    identity: z.enum(['fields', 'headers', 'named', 'derived', 'none', 'mixed', 'not checked']),
    expect: z.enum(['at-least-once', 'at-most-once', 'exactly-once', 'not asked']),
    received: count.describe('everything read, readiness markers excepted'),
    verified: count.describe('distinct events seen unaltered'),
    lost: count.describe('acknowledged, and everything around their position was read'),
    missing: count.describe('acknowledged, not seen by the end of the grace, without such proof'),
    duplicates: count.nullable().describe('copies beyond those that were sent'),
    permittedDuplicates: count.nullable(),
    reordered: count.nullable().describe('first arrivals after a later event of their device'),
    corrupt: count.nullable(),
    late: count.describe('first seen when the grace was over'),
    phantom: count.describe('refused or never sent, yet seen'),
    recovered: count.describe('of unknown outcome, yet seen'),
    foreign: count,
    reread: count,
    unseenUnknown: count,
    unseenNoAck: count,
    coverage: z.number().min(0).max(1).nullable().describe('acked / (acked + unknown)'),
    lossUpperBound95: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('95 % upper bound of the share of acknowledged events lost'),
  })
  .meta({ id: 'delivery' })
  .describe('acked = acknowledged and seen + lost + missing. null: the identity cannot tell.');

const quantiles = z
  .strictObject({
    count,
    min: micros.nullable(),
    mean: micros.nullable(),
    p50: micros.nullable(),
    p90: micros.nullable(),
    p95: micros.nullable(),
    p99: micros.nullable(),
    p999: micros.nullable(),
    p9999: micros.nullable(),
    max: micros.nullable(),
    negative: count.optional().describe('samples below 0, counted among count and ranked as 0'),
    rejected: count.optional().describe('values that were no times: NaN or infinite; not in count'),
  })
  .meta({ id: 'quantiles' })
  .describe('A quantile with fewer than 10 samples above it is null.');

const latency = z
  .strictObject({
    unit: z.literal('us'),
    scheduleLag: quantiles.describe('intended → picked up: the generator itself'),
    clientWait: quantiles.describe('picked up → sent: back-pressure of the target'),
    serviceTime: quantiles.describe('sent → outcome known'),
    responseTime: quantiles.describe('intended → outcome known'),
    endToEnd: quantiles.describe('intended → seen by the verifier'),
  })
  .meta({ id: 'latency' });

const rate = z
  .strictObject({ targetPerSecond: z.number().min(0), achievedPerSecond: z.number().min(0) })
  .meta({ id: 'rate' });

const clock = z
  .strictObject({
    endToEndBoundUs: micros
      .min(0)
      .nullable()
      .describe(
        'every end-to-end figure is exact to this many microseconds: 0 on one host; null where nobody said, and then there are no figures',
      ),
    jumps: z
      .array(z.strictObject({ at: z.iso.datetime(), byUs: micros, host: z.enum(['generator', 'verifier']) }))
      .describe('steps of wall clocks, and on whose host'),
  })
  .meta({ id: 'clock' });

const growth = z
  .strictObject({ perHour: z.number(), low: z.number(), high: z.number() })
  .meta({ id: 'growth' })
  .describe('a slope per hour and the interval that holds it at 95 %');

const broker = z
  .strictObject({
    by: z.string().describe('what counts'),
    messages: count
      .nullable()
      .describe('messages that it took, those of others among them, our readiness markers left out'),
    dropped: count.nullable().describe('messages that it dropped for slow readers'),
    files: count.optional(),
    bytes: count.optional(),
    final: z.boolean().describe('told after everything had been sent'),
    doubts: z.array(z.string()).describe('where its figures and ours do not agree'),
  })
  .meta({ id: 'broker' })
  .describe('What the other side counted itself, from before the first event on. null: it does not say.');

const health = z
  .strictObject({
    status: z.enum(['healthy', 'unhealthy', 'not run']),
    cpuSeconds: seconds,
    peakRssBytes: count,
    signals: z.array(z.string()),
    growth: z
      .strictObject({
        rss: growth.nullable().describe('bytes per hour'),
        descriptors: growth.nullable().describe('open descriptors per hour'),
        scheduleLag: growth
          .nullable()
          .describe('of the mean lag of a second, microseconds per hour; null for a verifier'),
      })
      .optional()
      .describe(
        'over the measurement, since the run was started or last resumed; null where too little was seen to tell',
      ),
  })
  .meta({ id: 'health' });

const shard = z
  .strictObject({
    shard: place,
    host: z.string().nullable().describe('null where it did not say'),
    attempts: count.describe('processes that took part, one after the other'),
    ended,
    startedAt: z.iso.datetime(),
    startSkewUs: micros
      .min(0)
      .nullable()
      .describe('how much later it was ready to send, by its own clock, in microseconds'),
    clockBoundUs: micros
      .min(0)
      .nullable()
      .describe('how far its clock may be from those of the others: 0 on one host; null where nobody said'),
    events,
    generator: health.shape.status,
  })
  .meta({ id: 'shard' });

/** The schema of `summary.json`. For the main thread only: a worker loads no schema library. */
export const summarySchema = z
  .strictObject({
    schema: z.literal('iotload/summary/1'),
    verdict: z.enum(['pass', 'fail', 'inconclusive', 'error']),
    reasons: z.array(z.string()),
    run: z.strictObject({
      id: z.string(),
      scenario: z.string(),
      seed: z.number(),
      planDigest: z.string(),
      shard: place,
      startedAt: z.iso.datetime(),
      durationSeconds: seconds,
      ended,
      command: z.string(),
      labels: z.record(z.string(), z.string()).describe('outputs.labels and --label'),
    }),
    events,
    rate,
    delivery,
    latency,
    clock: clock.optional(),
    generator: health,
    verifier: health,
    shards: z.array(shard).optional().describe('of a merged result, each of its shards'),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        expression: z.string(),
        status: z.enum(['pass', 'fail', 'inconclusive', 'skipped']),
        observed: z.string(),
        reason: z.string(),
      }),
    ),
    errors: z.array(z.strictObject({ code: z.string(), message: z.string(), count, firstAt: z.iso.datetime() })),
    fleets: z.array(z.strictObject({ name: z.string(), devices: count, events, delivery, rate, latency })),
    targets: z.array(
      z.strictObject({
        name: z.string(),
        protocol: z.string(),
        events,
        delivery,
        rate: rate.optional().describe('absent where nobody sends to it'),
        latency: latency.optional().describe('of what was sent to it, and of what was read back there'),
        partitions: z
          .strictObject({
            kind: z.enum(['partition', 'shard']),
            count: count.describe('those that are known by number'),
            hottest: count.describe(
              'number of the hottest; of topic t of several, counted from 0, t · 1048576 more than its own',
            ),
            share: z.number().min(0).max(1).describe('what the hottest got of all events'),
            hotIndex: z
              .number()
              .min(0)
              .describe('… over what it would have got, had all that were open always got the same'),
          })
          .optional()
          .describe('how evenly its partitions were loaded; absent where it has none, or nobody counted'),
        broker: broker.optional().describe('absent where it tells nothing'),
      }),
    ),
    timeline: z
      .array(
        z.strictObject({
          at: z.iso.datetime(),
          kind: z.enum(['shake', 'quake', 'disconnect', 'fault', 'note']),
          text: z.string(),
        }),
      )
      .describe('what the scenario’s timeline brought about'),
    hops: z
      .array(
        z.strictObject({
          from: z.string().describe('sent, or the target before'),
          to: z.string(),
          proof: z.enum(['identity', 'counts']).describe('counts: events carry no identity there'),
          entered: count.describe('distinct events taken or seen before; without identity, messages'),
          arrived: count,
          lost: count.nullable(),
          duplicates: count.nullable().describe('copies that were not there before'),
          corrupt: count.nullable(),
          notes: z.array(z.string()).describe('what could not be proved, and doubts'),
        }),
      )
      .describe('what passed from one target to the next, where a bridge or taps lie between'),
    environment: z.record(z.string(), z.union([z.string(), z.number()])),
    files: z.record(z.string(), z.string()).describe('files beside this one, by what they hold'),
  })
  .meta({
    title: 'iotload summary',
    description: 'The result of one run of iotload, summary.json.',
  }) satisfies z.ZodType<RunResult>;

/** The published JSON Schema, as plain JSON. */
export function summaryJsonSchema(): object {
  return z.toJSONSchema(summarySchema, { target: 'draft-2020-12', io: 'output' });
}
