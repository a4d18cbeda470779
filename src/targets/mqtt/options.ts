import { z } from 'zod';
import { backlog, count, duration, rate } from '../option-schemas.ts';
import { endpointProblem } from './endpoint-problem.ts';

/** PEM files, from the scenario's folder. */
const tlsFiles = z.strictObject({
  ca: z.string().min(1).optional().describe('certificates to trust instead of the system’s'),
  cert: z.string().min(1).optional().describe('our certificate'),
  key: z.string().min(1).optional().describe('its private key'),
});

const template = z.string().min(1);

const username = z
  .string()
  .min(1)
  .refine((text) => !/(^|[^<])<[a-z]/.test(text), {
    error: 'a user name of its own per device is not supported yet',
    params: { hint: 'write one user name for all connections' },
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
      .describe('mqtt://host:port, mqtts://host:port, or embedded for a broker of our own'),
    topic: template.default('iotload/<run>/<device>').describe('topic of each event; a fleet may have its own'),
    qos: z
      .union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' })
      .default(1)
      .describe('0: not acknowledged; 1: acknowledged'),
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
      })
      .prefault({}),
    keep_alive: duration('zero')
      .refine(
        (us) => us % 1_000_000 === 0 && us <= 65_535_000_000,
        'MQTT counts the keep-alive in whole seconds up to 65535s',
      )
      .prefault('60s')
      .describe('0s turns it off'),
    auth: z
      .strictObject({ username, password: z.string().optional() })
      .nullable()
      .default(null)
      .describe('write the password as ${NAME}'),
    tls: z
      .union([z.literal(true), z.null(), tlsFiles], {
        error: 'expected true, null or a map with ca, cert and key',
      })
      .default(null)
      .describe('for mqtts; the server is always verified'),
    max_in_flight: count(1, 32_768).default(100).describe('unacknowledged events per connection'),
    timeout: duration().prefault('30s').describe('an event not acknowledged by then is unknown'),
    backlog,
  })
  .superRefine(({ endpoint, tls }, context) => {
    if (tls === null || endpoint.startsWith('mqtts:')) return;
    const hint = 'write endpoint: mqtts://host:8883, or leave tls out';
    context.addIssue({ code: 'custom', path: ['tls'], message: 'tls needs an mqtts:// endpoint', params: { hint } });
  })
  .transform((block) => ({
    endpoint: block.endpoint,
    topic: block.topic,
    qos: block.qos,
    connections: block.connections,
    /** Both may hold `${NAME}` references, resolved when the target opens. */
    username: block.auth?.username ?? null,
    password: block.auth?.password ?? null,
    tls: block.tls === true ? null : block.tls,
    connectPerSecond: (block.connect.rate.events / block.connect.rate.perUs) * 1_000_000,
    connectTimeoutUs: block.connect.timeout,
    keepAliveUs: block.keep_alive,
    maxInFlight: block.max_in_flight,
    timeoutUs: block.timeout,
    backlog: block.backlog,
  }))
  .meta({ title: 'mqtt', description: 'MQTT 3.1.1' });

/** Options as the plan holds them: units resolved, secrets as references. */
export type MqttOptions = z.output<typeof optionsSchema>;
