import { z } from 'zod';
import { parseCount, parseShare } from '../../core/units.ts';
import { backlog, count, duration, rate } from '../option-schemas.ts';
import { authProblems } from './auth-problems.ts';
import { endpointProblem } from './endpoint-problem.ts';
import type { LeastUp } from './opening.ts';
import { checkProtocol, defaultInFlight, protocolPlan, protocolShape } from './protocol-options.ts';

/** One name, or several. */
const alpn = z
  .union([z.string().min(1).max(255), z.array(z.string().min(1).max(255)).min(1)], {
    error: 'expected a protocol’s name, or a list of them',
  })
  .optional()
  .describe('protocols to offer, such as x-amzn-mqtt-ca');

/** PEM files, from the scenario's folder. */
const tlsFiles = z.strictObject({
  ca: z.string().min(1).optional().describe('certificates to trust instead of the system’s'),
  cert: z.string().min(1).optional().describe('our certificate'),
  key: z.string().min(1).optional().describe('its private key'),
  alpn,
});

const template = z.string().min(1);

/** `95%`, or a number of connections. */
const leastConnections = z
  .union([z.int().min(1), z.string()], { error: 'expected a share such as 95%, or a number of connections' })
  .transform((value, context): LeastUp => {
    const isShare = typeof value === 'string' && value.endsWith('%');
    const parsed = isShare ? parseShare(value) : parseCount(`${value}`);
    if ('error' in parsed) {
      context.addIssue({
        code: 'custom',
        message: parsed.error,
        params: { hint: 'write a share such as 95%, or a number' },
      });
      return z.NEVER;
    }
    const least = typeof parsed.value === 'number' ? { connections: parsed.value } : parsed.value;
    const { connections } = { connections: 1, ...least };
    const { numerator, denominator } = { numerator: 1, denominator: 1, ...least };
    if (connections > 0 && numerator > 0 && numerator <= denominator) return least;
    context.addIssue({
      code: 'custom',
      message: `"${value}" is out of range`,
      params: { hint: 'write more than 0%, at most 100%' },
    });
    return z.NEVER;
  });

/** The block `target: { protocol: mqtt, … }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({
    endpoint: z
      .string()
      .superRefine((text, context) => {
        const problem = endpointProblem(text);
        if (problem !== null)
          context.addIssue({ code: 'custom', message: problem.error, params: { hint: problem.hint } });
      })
      .describe('mqtt://host:port, mqtts://…, ws://host:port/path, wss://…, or embedded for a broker of our own'),
    topic: template.default('iotload/<run>/<device>').describe('topic of each event; a fleet may have its own'),
    ...protocolShape,
    connections: z
      .union([z.literal('per_device'), count(1, 4096)], {
        error: 'expected per_device, or a number of connections from 1 to 4096',
      })
      .default(8)
      .describe('one per device, or the size of a pool that all workers share'),
    connect: z
      .strictObject({
        rate: rate().prefault('200/s').describe('new connections, all workers together'),
        timeout: duration().prefault('10s').describe('from the first byte to CONNACK'),
        min: leastConnections
          .optional()
          .describe('enough to start with: a share of the connections, or a number of them'),
      })
      .prefault({}),
    share: count(1, 64)
      .optional()
      .describe(
        'reads back on so many connections that the broker shares the events among; their order is then not judged',
      ),
    source_addresses: z
      .array(z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address of this machine' }))
      .min(1)
      .optional()
      .describe('local addresses that the connections take in turn'),
    keep_alive: duration('zero')
      .refine(
        (us) => us % 1_000_000 === 0 && us <= 65_535_000_000,
        'MQTT counts the keep-alive in whole seconds up to 65535s',
      )
      .prefault('60s')
      .describe('0s turns it off'),
    auth: z
      .strictObject({
        username: template.optional(),
        password: z.string().optional(),
        devices: z.string().min(1).optional().describe('CSV file: device, username, password, cert, key'),
        reader: z
          .strictObject({ username: template, password: z.string().optional() })
          .optional()
          .describe('who reads back; the first device where left out'),
      })
      .nullable()
      .default(null)
      .describe('of all connections, or of each with <device>, <index>, <fleet>; write the password as ${NAME}'),
    tls: z
      .union([z.literal(true), z.null(), tlsFiles], {
        error: 'expected true, null or a map with ca, cert, key and alpn',
      })
      .default(null)
      .describe('for mqtts and wss; the server is always verified'),
    max_in_flight: count(1, 32_768)
      .optional()
      .describe('unacknowledged events per connection; default 100, and 20 at QoS 2 of MQTT 3.1.1'),
    timeout: duration().prefault('30s').describe('an event not acknowledged by then is unknown'),
    backlog,
  })
  .superRefine(({ endpoint, tls }, context) => {
    if (tls === null || /^(mqtts|wss):/.test(endpoint)) return;
    const hint = 'write endpoint: mqtts://host:8883 or wss://host/path, or leave tls out';
    const message = 'tls needs an mqtts:// or wss:// endpoint';
    context.addIssue({ code: 'custom', path: ['tls'], message, params: { hint } });
  })
  .superRefine(({ endpoint, share }, context) => {
    if (share === undefined || endpoint !== 'embedded') return;
    const message = 'the embedded broker shares no subscriptions';
    context.addIssue({ code: 'custom', path: ['share'], message, params: { hint: 'leave share away' } });
  })
  .superRefine(({ auth, connections }, context) => {
    for (const { path, error, hint } of authProblems(auth, connections === 'per_device'))
      context.addIssue({ code: 'custom', path: ['auth', ...path], message: error, params: { hint } });
  })
  .superRefine(checkProtocol)
  .transform((block) => ({
    endpoint: block.endpoint,
    topic: block.topic,
    ...protocolPlan(block),
    connections: block.connections,
    /** Both may hold `${NAME}` references, resolved when the target opens, and placeholders, filled for each connection. */
    username: block.auth?.username ?? null,
    password: block.auth?.password ?? null,
    devicesFile: block.auth?.devices ?? null,
    reader: block.auth?.reader ?? null,
    tls: block.tls === true || block.tls === null ? null : filesOf(block.tls),
    alpn: block.tls === true ? [] : [block.tls?.alpn ?? []].flat(),
    connectPerSecond: (block.connect.rate.events / block.connect.rate.perUs) * 1_000_000,
    connectTimeoutUs: block.connect.timeout,
    leastUp: block.connect.min ?? null,
    share: block.share ?? null,
    sourceAddresses: block.source_addresses ?? [],
    keepAliveUs: block.keep_alive,
    maxInFlight: block.max_in_flight ?? defaultInFlight(block),
    timeoutUs: block.timeout,
    backlog: block.backlog,
  }))
  .meta({ title: 'mqtt', description: 'MQTT 3.1.1 or 5' });

/** Options as the plan holds them: units resolved, secrets as references. */
export type MqttOptions = z.output<typeof optionsSchema>;

function filesOf({ alpn: _, ...files }: z.output<typeof tlsFiles>): Omit<z.output<typeof tlsFiles>, 'alpn'> {
  return files;
}
