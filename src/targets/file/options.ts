import { z } from 'zod';
import { backlog, bytes, duration } from '../option-schemas.ts';

const SHORTEST_ROLL_US = 100_000;

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
  .meta({ title: 'roll', description: 'writes one file after the other; each gets its own name when it is complete' });

/** The block `target: { protocol: file, … }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .refine((path) => !path.includes('\0'), 'a path cannot hold a zero byte')
      .nullable()
      .default(null)
      .describe('file to write, from the current directory; default events.jsonl in the results directory'),
    format: z
      .enum(['lines', 'csv'])
      .default('lines')
      .describe('lines: one event a line; csv: likewise, below a line with the names of the columns'),
    roll,
    backlog,
  })
  .meta({ title: 'file', description: 'writes one event a line' });

/** Options as the plan holds them. `path` null: `events.jsonl` in the results directory, which the runner fills in. */
export type FileOptions = z.output<typeof optionsSchema>;
