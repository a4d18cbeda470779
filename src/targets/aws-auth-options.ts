import { z } from 'zod';

/* Whose credentials a target at AWS signs with. Main thread only. */

/** The block `auth`. */
export const awsAuth = z
  .strictObject({
    kind: z.enum(['aws', 'cognito']).default('aws').describe('aws: credentials; cognito: an identity pool, as guest'),
    profile: z.string().min(1).optional().describe('of the shared credentials file'),
    role: z
      .string()
      .regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, { error: 'expected arn:aws:iam::<account>:role/<name>' })
      .optional()
      .describe('ARN of a role to assume'),
    pool: z
      .string()
      .regex(/^[a-z0-9-]+:[0-9a-f-]{36}$/i, { error: 'expected <region>:<uuid>' })
      .optional()
      .describe('id of the identity pool, such as us-east-1:6f1c…'),
  })
  .superRefine(({ kind, profile, role, pool }, context) => {
    const tell = (path: string[], message: string, hint: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { hint } });
    if (kind === 'cognito') {
      if (pool === undefined) tell([], 'cognito needs a pool', 'write auth: { kind: cognito, pool: "us-east-1:…" }');
      if (profile !== undefined) tell(['profile'], 'a guest of a pool has no profile', 'leave profile out');
      if (role !== undefined) tell(['role'], 'the pool says which role its guests have', 'leave role out');
    } else if (pool !== undefined) tell(['pool'], 'a pool belongs to kind: cognito', 'write kind: cognito');
  })
  .nullable()
  .default(null)
  .describe('null: as the AWS command line finds them (environment, profile, container, instance)');

/** As the plan holds it: names, never a secret. */
export function awsAuthPlan(block: z.output<typeof awsAuth>) {
  if (block === null) return null;
  const { kind, profile = null, role = null, pool = '' } = block;
  return kind === 'cognito' ? { kind, pool } : { kind, profile, role };
}

/** The block as plans hold it; null: as the AWS command line finds them. */
export type AwsAuth = ReturnType<typeof awsAuthPlan>;
