import { z } from 'zod';
import { awsAuth, awsAuthPlan } from '../aws-auth-options.ts';
import type { TextProblem } from '../name-template.ts';
import { backlog, bytes, count, duration } from '../option-schemas.ts';
import { endpointProblem } from './endpoint.ts';
import { prices, pricesPlan } from './price-options.ts';
import { defaultStream, streamProblem } from './stream-name.ts';

/** Of a request, keys included. */
const LARGEST_REQUEST = 10 * 1024 * 1024;
const SMALLEST_REQUEST = 16 * 1024;
/** What is paid for as one unit. */
const PUT_UNIT = 25 * 1024;
const LARGEST_RECORD = 1024 * 1024;
/** Where a stream lies, if nobody says: only for endpoints that are not AWS. */
const DEFAULT_REGION = 'us-east-1';
const SHORTEST_POLL_US = 200_000;
const KEY_SPACE = 2n ** 128n;

const create = z
  .union(
    [
      z.strictObject({ shards: count(1, 10_000).describe('provisioned, so many') }),
      z.strictObject({ mode: z.literal('on-demand') }),
      z.strictObject({}),
    ],
    { error: 'expected { shards: 3 } or { mode: on-demand }' },
  )
  .nullable()
  .default(null)
  .describe('creates the stream where it does not exist; it stays. A default stream is always created');

/** The block `target: { protocol: kinesis, … }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({
    endpoint: z
      .string()
      .superRefine((text, context) => complain(context, [], endpointProblem(text)))
      .describe('aws, an address such as http://host:4566, or embedded for one of our own'),
    stream: z
      .string()
      .superRefine((text, context) => complain(context, [], streamProblem(text)))
      .optional()
      .describe(`of all events; may hold <scenario> and <run>; default ${defaultStream}`),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, { error: 'expected a region such as eu-central-1' })
      .optional()
      .describe(`default: AWS_REGION, and ${DEFAULT_REGION} where the endpoint is not aws`),
    key: z.string().min(1).default('<device>').describe('decides the shard of an event; a fleet may have its own'),
    hash_key: z
      .union([z.literal('even'), z.string().regex(/^\d{1,39}$/)], { error: 'expected even, or a number as text' })
      .refine((text) => text === 'even' || BigInt(text) < KEY_SPACE, { error: 'expected a number below 2^128' })
      .nullable()
      .default(null)
      .describe('null: by the key; even: seats spread over all shards alike; or one place for all, as a number'),
    create,
    aggregate: z
      .union([z.boolean(), bytes(1024)], { error: 'expected true, false or the size of a record such as 25KiB' })
      .refine((size) => typeof size === 'boolean' || size <= LARGEST_RECORD, { error: 'a record has at most 1MiB' })
      .default(false)
      .describe('many events in a record, as the KPL does it; readers have to take them apart. true: 25KiB'),
    linger: duration('zero').prefault('20ms').describe('longest wait for a batch to fill'),
    batch: bytes(SMALLEST_REQUEST)
      .refine((size) => size <= LARGEST_REQUEST, { message: 'a request has at most 10MiB' })
      .prefault('4MiB')
      .describe('of a request; it ends at 500 records as well'),
    wire: z
      .enum(['auto', 'json'])
      .default('auto')
      .describe('json: records go as JSON; auto: as CBOR, which costs less, where the endpoint takes it'),
    max_in_flight: count(1, 256).default(8).describe('unanswered requests per worker'),
    retries: count(0, 100).default(10).describe('of a record that a shard had no room for'),
    timeout: duration().prefault('30s').describe('an event without an outcome by then is unknown, or expired unsent'),
    reader: z
      .strictObject({
        poll: duration().prefault('250ms').describe('pause between two reads of a shard that has nothing new'),
        limit: count(1, 10_000).default(10_000).describe('records of a read'),
      })
      .prefault({}),
    auth: awsAuth,
    tls: z
      .strictObject({ ca: z.string().min(1).describe('certificates to trust, a PEM file') })
      .nullable()
      .default(null),
    prices,
    backlog,
  })
  .superRefine(({ linger, timeout }, context) => {
    if (linger < timeout) return;
    const error = 'events would time out before their batch is sent';
    complain(context, ['linger'], { error, hint: 'write less than the timeout' });
  })
  .superRefine(({ endpoint, reader }, context) => {
    if (endpoint !== 'aws' || reader.poll >= SHORTEST_POLL_US) return;
    const error = 'a shard answers five reads a second, of all readers together';
    complain(context, ['reader', 'poll'], { error, hint: 'write 200ms or more' });
  })
  .superRefine(({ endpoint, region, auth: login, tls }, context) => {
    const hint = 'leave it out, or name an endpoint of your own';
    if (endpoint === 'embedded' && login !== null)
      complain(context, ['auth'], { error: 'the embedded broker asks for no credentials', hint });
    if (endpoint === 'embedded' && tls !== null)
      complain(context, ['tls'], { error: 'the embedded broker speaks no TLS', hint });
    if (endpoint === 'aws' && region === undefined && (process.env['AWS_REGION'] ?? '') === '')
      complain(context, ['endpoint'], {
        error: 'aws needs a region',
        hint: 'write region: eu-central-1, or set AWS_REGION',
      });
  })
  .transform((block) => ({
    endpoint: block.endpoint,
    /** `<run>` is filled where it is opened, `<scenario>` while the plan is made. */
    stream: block.stream ?? defaultStream,
    region: regionOf(block),
    key: block.key,
    hashKey: block.hash_key,
    /** null: it has to exist. */
    create: createPlan(block.create ?? (block.stream === undefined ? {} : null)),
    /** Bytes of an aggregated record; null: each event is a record. */
    aggregateBytes: block.aggregate === false ? null : block.aggregate === true ? PUT_UNIT : block.aggregate,
    lingerUs: block.linger,
    batchBytes: block.batch,
    wire: block.wire,
    maxInFlight: block.max_in_flight,
    retries: block.retries,
    timeoutUs: block.timeout,
    pollUs: block.reader.poll,
    readLimit: block.reader.limit,
    auth: awsAuthPlan(block.auth),
    tls: block.tls,
    ...pricesPlan(block.prices, regionOf(block)),
    backlog: block.backlog,
  }))
  .meta({ title: 'kinesis', description: 'Amazon Kinesis Data Streams, and what speaks its API' });

/** Options as the plan holds them: units resolved, no secret among them. */
export type KinesisOptions = z.output<typeof optionsSchema>;

function regionOf({ region, endpoint }: { region?: string | undefined; endpoint: string }): string {
  return region ?? (endpoint === 'aws' ? (process.env['AWS_REGION'] ?? '') : DEFAULT_REGION);
}

/** null: what nobody asked for. */
function createPlan(block: z.output<typeof create>): { shards: number | 'on-demand' } | null {
  if (block === null) return null;
  return { shards: 'shards' in block ? block.shards : 'mode' in block ? 'on-demand' : 1 };
}

function complain(context: z.core.$RefinementCtx, path: string[], problem: TextProblem | null): void {
  if (problem === null) return;
  context.addIssue({ code: 'custom', path, message: problem.error, params: { hint: problem.hint } });
}
