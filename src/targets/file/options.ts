import { z } from 'zod';
import { awsAuth, awsAuthPlan } from '../aws-auth-options.ts';
import { backlog, bytes, duration } from '../option-schemas.ts';
import { s3EndpointProblem, s3PathProblem } from './places/s3-address.ts';

const SHORTEST_ROLL_US = 100_000;
/** Where a bucket lies, if nobody says: only for endpoints that are not AWS. */
const DEFAULT_REGION = 'us-east-1';

/** When a file is complete and the next begins. Times are real time, whatever the clock of the devices. */
const roll = z
  .strictObject({
    size: bytes(1024).optional().describe('bytes that a file holds at most'),
    every: duration()
      .refine((us) => us >= SHORTEST_ROLL_US, {
        message: 'files this short-lived are more than a folder can take',
        params: { hint: 'write at least 100ms' },
      })
      .optional()
      .describe('real time that a file is written to at most'),
  })
  .refine(({ size, every }) => size !== undefined || every !== undefined, {
    message: 'nothing says when the next file begins',
    params: { hint: 'write size, such as 64MiB, or every, such as 1m, or both' },
  })
  .transform(({ size, every }) => ({ maxBytes: size ?? null, everyUs: every ?? null }))
  .nullable()
  .default(null)
  .meta({
    title: 'roll',
    description:
      'lands one file after the other: each gets its own name when it is complete, and its events are acknowledged then; ' +
      'null: one file that grows, or for parquet and s3:// { size: 64MiB, every: 1m }',
  });

/** The block `target: { protocol: file, … }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .refine((path) => !path.includes('\0'), 'a path cannot hold a zero byte')
      .superRefine((path, context) => complain(context, [], s3PathProblem(path)))
      .nullable()
      .default(null)
      .describe(
        'file to write, from the current directory, or s3://bucket/prefix/events.parquet; files that roll add run and number to its name; ' +
          'default events.jsonl, .csv or .parquet in the results directory',
      ),
    format: z
      .enum(['lines', 'csv', 'parquet'])
      .optional()
      .describe(
        'lines: one event a line; csv: likewise, below a line with the names of the columns; parquet: typed columns of JSON and CSV payloads, ' +
          'other payloads as they are in one column; ' +
          'default parquet where the path ends so, else lines',
      ),
    compression: z.enum(['none', 'snappy', 'gzip']).optional().describe('of parquet; default snappy'),
    roll,
    endpoint: z
      .string()
      .superRefine((text, context) => complain(context, [], s3EndpointProblem(text)))
      .optional()
      .describe('where s3:// is: aws, or an address such as http://host:9000; default aws'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, { error: 'expected a region such as eu-central-1' })
      .optional()
      .describe(`of s3://; default: AWS_REGION, and ${DEFAULT_REGION} where the endpoint is not aws`),
    auth: awsAuth,
    timeout: duration().prefault('30s').describe('longest wait for an answer of s3://'),
    backlog,
  })
  .superRefine(({ path, endpoint, region, auth, format: written, compression }, context) => {
    const tell = (key: string, error: string, hint: string): void => complain(context, [key], { error, hint });
    const format = written ?? formatOfPath(path);
    if (written !== undefined && written !== 'parquet' && formatOfPath(path) === 'parquet')
      tell('path', `a file of ${written} is no Parquet`, 'give it another ending, or write format: parquet');
    if (compression !== undefined && format !== 'parquet')
      tell('compression', `format: ${format} is not compressed`, 'leave it out, or write format: parquet');
    if (path?.startsWith('s3://')) {
      if ((endpoint ?? 'aws') === 'aws' && region === undefined && (process.env['AWS_REGION'] ?? '') === '')
        tell('path', 's3:// at aws needs a region', 'write region: eu-central-1, or set AWS_REGION');
      return;
    }
    const hint = 'leave it out, or write path: s3://bucket/prefix/…';
    if (endpoint !== undefined) tell('endpoint', 'a folder has no endpoint', hint);
    if (region !== undefined) tell('region', 'a folder has no region', hint);
    if (auth !== null) tell('auth', 'a folder asks for no credentials', hint);
  })
  .transform(({ path, format, compression, roll, endpoint, region, auth, timeout, backlog }) => ({
    path,
    format: format ?? formatOfPath(path),
    ...(compression === undefined ? {} : { compression }),
    roll,
    ...(path?.startsWith('s3://') ? s3Plan(endpoint ?? 'aws', region, timeout) : {}),
    ...(auth === null ? {} : { auth: awsAuthPlan(auth) }),
    backlog,
  }))
  .meta({
    title: 'file',
    description: 'writes events into files: of this machine, or the objects of an S3-compatible store',
  });

/** Options as the plan holds them. `path` null: in the results directory, which the runner fills in. */
export type FileOptions = z.output<typeof optionsSchema>;

function formatOfPath(path: string | null): 'lines' | 'parquet' {
  return path?.endsWith('.parquet') ? 'parquet' : 'lines';
}

function s3Plan(endpoint: string, region: string | undefined, timeoutUs: number) {
  const anywhere = endpoint === 'aws' ? (process.env['AWS_REGION'] ?? '') : DEFAULT_REGION;
  return { endpoint, region: region ?? anywhere, timeoutUs };
}

function complain(
  context: z.core.$RefinementCtx,
  path: string[],
  problem: { error: string; hint: string } | null,
): void {
  if (problem === null) return;
  context.addIssue({ code: 'custom', path, message: problem.error, params: { hint: problem.hint } });
}
