import { z } from 'zod';

/* How a Kafka target logs in. Main thread only. */

const kinds = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

/** The block `auth`. */
export const auth = z
  .strictObject({
    kind: z.enum(kinds).default('plain').describe('SASL mechanism'),
    username: z.string().min(1).optional(),
    password: z.string().optional().describe('write it as ${NAME}'),
    token: z.string().optional().describe('of oauthbearer; write it as ${NAME}'),
  })
  .superRefine(({ kind, username, password, token }, context) => {
    const tell = (path: string[], message: string, hint: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { hint } });
    if (kind === 'oauthbearer') {
      const hint = 'write auth: { kind: oauthbearer, token: "${NAME}" }';
      if (token === undefined) tell([], 'oauthbearer needs a token', hint);
      if (username !== undefined) tell(['username'], 'the token says who logs in', 'leave username out');
      if (password !== undefined) tell(['password'], 'oauthbearer has a token instead of a password', hint);
      return;
    }
    const hint = `write auth: { kind: ${kind}, username: me, password: "\${NAME}" }`;
    if (username === undefined) tell([], `${kind} needs a username`, hint);
    if (password === undefined) tell([], `${kind} needs a password`, hint);
    if (token !== undefined) tell(['token'], `${kind} has a password instead of a token`, hint);
  })
  .nullable()
  .default(null)
  .describe('null: no login');

/** The login as the plan holds it; `password` and `token` may be `${NAME}` references, resolved when the target opens. */
export function authPlan(block: z.output<typeof auth>) {
  if (block === null) return null;
  const { kind, username = '', password = '', token = '' } = block;
  return kind === 'oauthbearer' ? { kind, token } : { kind, username, password };
}
