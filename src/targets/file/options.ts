import { z } from 'zod';
import { backlog } from '../option-schemas.ts';

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
    format: z.literal('lines').default('lines').describe('one event a line'),
    backlog,
  })
  .meta({ title: 'file', description: 'writes one event a line' });

/** Options as the plan holds them. `path` null: `events.jsonl` in the results directory, which the runner fills in. */
export type FileOptions = z.output<typeof optionsSchema>;
