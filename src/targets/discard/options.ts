import { z } from 'zod';
import { backlog } from '../option-schemas.ts';

/** The block `target: { protocol: discard }`, without `protocol`. Main thread only. */
export const optionsSchema = z
  .strictObject({ backlog })
  .meta({ title: 'discard', description: 'takes every event and drops it' });

/** Options as the plan holds them. */
export type DiscardOptions = z.output<typeof optionsSchema>;
