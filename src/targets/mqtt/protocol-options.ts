import { z } from 'zod';
import { IotloadError } from '../../core/errors.ts';
import { parseTemplate } from '../../core/template.ts';
import { duration } from '../option-schemas.ts';

/*
 * The options of an MQTT target that decide what its frames say: version, quality of service, sessions, retained messages, the last
 * will. Main thread only.
 */

/** Longest session, in seconds: one more means "for ever". */
const LONGEST_SESSION_S = 0xffff_fffe;

const qos = () => z.union([z.literal(0), z.literal(1), z.literal(2)], { error: 'expected 0, 1 or 2' });

const will = z
  .strictObject({
    topic: z.string().min(1).describe('may hold <device>, <fleet> and <run>'),
    payload: z.string().default('').describe('likewise'),
    qos: qos().default(0),
    retain: z.boolean({ error: 'expected true or false' }).default(false),
  })
  .superRefine((block, context) => {
    for (const key of ['topic', 'payload'] as const) {
      const problem = templateProblem(block[key]);
      if (problem !== null)
        context.addIssue({ code: 'custom', path: [key], message: problem.message, params: { hint: problem.hint } });
    }
    if (/[+#\0]/.test(block.topic))
      context.addIssue({
        code: 'custom',
        path: ['topic'],
        message: 'a topic to publish to holds no +, # or NUL',
        params: { hint: 'name every level of it' },
      });
  });

/** The keys of these options in the target's block. */
export const protocolShape = {
  version: z
    .union([z.literal('3.1.1'), z.literal(5)], {
      error: ({ input }) =>
        String(input) === '4' ? '4 is how the protocol counts 3.1.1: write 3.1.1' : 'expected 3.1.1 or 5',
    })
    .default('3.1.1')
    .describe('of the protocol: 3.1.1 or 5'),
  qos: qos().default(1).describe('0: not acknowledged; 1: acknowledged; 2: acknowledged, never doubled'),
  retain: z
    .boolean({ error: 'expected true or false' })
    .default(false)
    .describe('the broker stores the last event of each topic'),
  clean_start: z
    .boolean({ error: 'expected true or false' })
    .default(true)
    .describe('false: a session that was cut off is resumed, with what was in flight'),
  session_expiry: duration()
    .refine((us) => us % 1_000_000 === 0 && us <= LONGEST_SESSION_S * 1_000_000, 'MQTT counts it in whole seconds')
    .optional()
    .describe('how long the broker keeps a session that was cut off; MQTT 5'),
  will: will.nullable().default(null).describe('what the broker publishes when a connection is cut off'),
};

/** The block's part that `protocolShape` describes. */
type Block = z.output<z.ZodObject<typeof protocolShape>> & { connections: number | 'per_device'; endpoint: string };

/** Says what is wrong with these options together. */
export function checkProtocol(block: Block, context: z.core.$RefinementCtx): void {
  const tell = (key: string, message: string, hint: string): void =>
    context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
  const { version, clean_start: cleanStart, session_expiry: expiry, will: last, connections } = block;
  if (block.endpoint === 'embedded' && version === 5) {
    tell(
      'version',
      'the embedded broker speaks MQTT 3.1.1 only',
      'leave version out, or name a broker that speaks MQTT 5',
    );
  } else if (block.endpoint === 'embedded' && !cleanStart) {
    tell('clean_start', 'the embedded broker resumes no sessions', 'leave clean_start out, or name another broker');
  } else if (expiry !== undefined && version !== 5) {
    tell('session_expiry', 'MQTT 3.1.1 has no session_expiry', 'write version: 5, or leave it out');
  } else if (expiry !== undefined && cleanStart) {
    tell('session_expiry', 'sessions would be kept that nobody resumes', 'write clean_start: false as well');
  } else if (expiry === undefined && !cleanStart && version === 5) {
    tell('clean_start', 'in MQTT 5 a session ends with its connection', 'write session_expiry: 1h as well');
  }
  if (last === null || connections === 'per_device') return;
  if (/<(device|fleet)>/.test(`${last.topic}${last.payload}`)) {
    tell('will', 'the connections of a pool belong to no device', 'write connections: per_device, or only <run>');
  }
}

/** An MQTT 3.1.1 broker cannot say how many exchanges of QoS 2 it remembers; Mosquitto, for one, loses events beyond 20. */
export function defaultInFlight({ version, qos: level }: Pick<Block, 'version' | 'qos'>): number {
  return level === 2 && version === '3.1.1' ? 20 : 100;
}

/** These options as the plan holds them. */
export function protocolPlan(block: Block) {
  return {
    /** Protocol level, as CONNECT says it. */
    version: block.version === 5 ? (5 as const) : (4 as const),
    qos: block.qos,
    retain: block.retain,
    cleanStart: block.clean_start,
    /** null: as long as the broker likes. */
    sessionExpiryS: block.session_expiry === undefined ? null : block.session_expiry / 1_000_000,
    will: block.will,
  };
}

function templateProblem(text: string): { message: string; hint: string } | null {
  const hint = 'a will may hold <device>, <fleet> and <run>';
  try {
    for (const part of parseTemplate(text)) {
      if (part.kind === 'text') continue;
      if (!['device', 'fleet', 'run'].includes(part.name))
        return { message: `"<${part.name}>" is nothing that a connection has`, hint };
      if (part.format !== null) return { message: `"<${part.name}>" takes no format here`, hint };
    }
    return null;
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return { message: error.message, hint: error.hint ?? hint };
  }
}
