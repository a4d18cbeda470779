import { z } from 'zod';
import { bytes } from '../targets/option-schemas.ts';

/** Longest payload that can be asked for; the address needs room as well. */
const LONGEST = 60 * 1024;

const expected = { error: 'expected a text, a number, true, false, null, a map or a list' };

/** What a field holds, as written; its order is read from the tree. */
const field: z.ZodType<unknown> = z
  .lazy(() =>
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.record(z.string(), field), z.array(field)], expected),
  )
  .meta({ id: 'field' });

/** A fleet's payload with fields of its own. */
export const ownPayload = z
  .strictObject({
    codec: z.enum(['json', 'csv']).default('json'),
    fields: z
      .record(z.string(), field)
      .describe('in order of writing, maps and lists included; <…> is filled per event'),
    identity: z
      .enum(['fields', 'headers', 'derived', 'none'])
      .optional()
      .describe('default: derived where possible, else fields'),
    pad_to: bytes(1)
      .refine((size) => size <= LONGEST, 'a payload is padded to at most 60KiB')
      .optional()
      .describe('shorter payloads are filled up to this size with what does not compress away'),
  })
  .meta({ title: 'payload' });
