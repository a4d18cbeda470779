import { z } from 'zod';
import type { TextProblem } from '../name-template.ts';
import { backlog, bytes, count, duration } from '../option-schemas.ts';
import { auth, authPlan } from './auth-options.ts';
import { endpointProblem } from './endpoint.ts';
import { defaultTopic, topicProblem } from './topic-name.ts';

/** More would be beyond `message.max.bytes` of a broker that is as it came, 1 048 588 bytes with what the log adds. */
const LARGEST_BATCH = 1_048_576;
/** A batch has to hold the longest event. */
const SMALLEST_BATCH = 16_384;
/** So many requests in flight keep their order when one is repeated. */
const IDEMPOTENT_IN_FLIGHT = 5;

const alpn = z
  .union([z.string().min(1).max(255), z.array(z.string().min(1).max(255)).min(1)], {
    error: 'expected a protocol’s name, or a list of them',
  })
  .optional()
  .describe('protocols to offer');

/** PEM files, from the scenario's folder. */
const tlsFiles = z
  .strictObject({
    ca: z.string().min(1).optional().describe('certificates to trust instead of the system’s'),
    cert: z.string().min(1).optional().describe('our certificate'),
    key: z.string().min(1).optional().describe('its private key'),
    alpn,
  })
  .superRefine(({ cert, key }, context) => {
    if ((cert === undefined) === (key === undefined)) return;
    const [given, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    const params = { hint: `write ${missing} as well` };
    context.addIssue({ code: 'custom', path: [given], message: 'a certificate and its key go together', params });
  });

const create = z
  .strictObject({
    partitions: count(1, 10_000).optional().describe('of the topic, 6 where it is left out'),
    replication: count(1, 100).optional().describe('copies of each partition; default: as the brokers are set'),
    config: z
      .record(
        z.string().min(1),
        z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text or a number' }).transform(String),
      )
      .default({})
      .describe('settings of the topic, such as min.insync.replicas: "2"'),
  })
  .nullable()
  .default(null)
  .describe('creates the topics that do not exist; they stay. A default topic is always created');

/** The block `target: { protocol: kafka, … }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({
    endpoint: z
      .string()
      .superRefine((text, context) => complain(context, [], endpointProblem(text)))
      .describe('host:port of one broker or several, with commas between; or embedded for a broker of our own'),
    topic: z
      .string()
      .superRefine((text, context) => complain(context, [], topicProblem(text)))
      .optional()
      .describe(`of all fleets without one of their own; may hold <scenario> and <run>; default ${defaultTopic}`),
    key: z.string().default('<device>').describe('decides the partition of an event; a fleet may have its own'),
    create,
    acks: z
      .union([z.literal('all'), z.literal(1), z.literal(0)], {
        error: ({ input }) =>
          String(input) === '-1' ? '-1 is how the protocol writes it: write all' : 'expected all, 1 or 0',
      })
      .default('all')
      .describe('all: every in-sync copy has it; 1: the leader has it; 0: not acknowledged'),
    idempotent: z
      .boolean({ error: 'expected true or false' })
      .optional()
      .describe('events are neither doubled nor reordered when they are sent again; default true with acks: all'),
    compression: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']).default('none').describe('of whole batches'),
    linger: duration('zero').prefault('5ms').describe('longest wait for a batch to fill'),
    batch: bytes(SMALLEST_BATCH)
      .refine((size) => size <= LARGEST_BATCH, {
        message: 'a broker as it came takes at most 1048588 bytes at once',
        params: { hint: 'write at most 1MiB' },
      })
      .prefault('256KiB')
      .describe('of one partition, before compression'),
    max_in_flight: count(1, 1000)
      .default(IDEMPOTENT_IN_FLIGHT)
      .describe('unanswered requests per connection; order is kept with idempotent, or with 1'),
    timeout: duration().prefault('30s').describe('an event without an outcome by then is unknown, or expired unsent'),
    isolation: z
      .enum(['read_committed', 'read_uncommitted'])
      .default('read_committed')
      .describe('which events of other programs’ transactions are read back'),
    readers: count(1, 16).default(1).describe('connections per broker that read back'),
    auth,
    tls: z
      .union([z.literal(true), z.null(), tlsFiles], {
        error: 'expected true, null or a map with ca, cert, key and alpn',
      })
      .default(null)
      .describe('null: plain text; the server is always verified'),
    backlog,
  })
  .superRefine(({ acks, idempotent, max_in_flight }, context) => {
    if (idempotent === true && acks !== 'all') {
      const error = `with acks: ${acks} a broker forgets what it has seen`;
      complain(context, ['idempotent'], { error, hint: 'write acks: all, or leave idempotent out' });
    }
    if ((idempotent ?? acks === 'all') && max_in_flight > IDEMPOTENT_IN_FLIGHT) {
      const error = `"${max_in_flight}" is too large: brokers tell repeated events among the last ${IDEMPOTENT_IN_FLIGHT} requests`;
      const hint = 'write at most 5, or idempotent: false, which gives up order and may double events';
      complain(context, ['max_in_flight'], { error, hint });
    }
  })
  .superRefine(({ linger, timeout }, context) => {
    if (linger < timeout) return;
    const error = 'events would time out before their batch is sent';
    complain(context, ['linger'], { error, hint: 'write less than the timeout' });
  })
  .superRefine(({ endpoint, tls, auth: login, create: created }, context) => {
    if (endpoint !== 'embedded') return;
    const hint = 'leave it out, or name a broker of your own';
    if (tls !== null) complain(context, ['tls'], { error: 'the embedded broker speaks no TLS', hint });
    if (login !== null) complain(context, ['auth'], { error: 'the embedded broker asks for no login', hint });
    if ((created?.replication ?? 1) > 1)
      complain(context, ['create', 'replication'], { error: 'the embedded broker is a single one', hint: 'write 1' });
  })
  .transform((block) => ({
    endpoint: block.endpoint,
    /** `<run>` is filled where it is opened, `<scenario>` while the plan is made. */
    topic: block.topic ?? defaultTopic,
    key: block.key,
    /** null: it has to exist. */
    create: createPlan(block.create ?? (block.topic === undefined ? { config: {} } : null)),
    /** As the protocol counts: −1 is all. */
    acks: block.acks === 'all' ? (-1 as const) : block.acks,
    idempotent: block.idempotent ?? block.acks === 'all',
    compression: block.compression,
    lingerUs: block.linger,
    batchBytes: block.batch,
    maxInFlight: block.max_in_flight,
    timeoutUs: block.timeout,
    isolation: block.isolation,
    readers: block.readers,
    auth: authPlan(block.auth),
    tls: block.tls === null ? null : tlsPlan(block.tls === true ? {} : block.tls),
    backlog: block.backlog,
  }))
  .meta({ title: 'kafka', description: 'Apache Kafka 2.1 or later, and what speaks its protocol' });

/** Options as the plan holds them: units resolved, secrets as references. */
export type KafkaOptions = z.output<typeof optionsSchema>;

interface CreateBlock {
  partitions?: number | undefined;
  replication?: number | undefined;
  config: Record<string, string>;
}

/** null: what nobody asked for. */
function createPlan(block: CreateBlock | null) {
  return block === null
    ? null
    : { partitions: block.partitions ?? null, replication: block.replication ?? null, config: block.config };
}

function tlsPlan({ alpn: protocols, ...files }: z.output<typeof tlsFiles>) {
  return { ...files, alpn: [protocols ?? []].flat() };
}

function complain(context: z.core.$RefinementCtx, path: string[], problem: TextProblem | null): void {
  if (problem === null) return;
  context.addIssue({ code: 'custom', path, message: problem.error, params: { hint: problem.hint } });
}
