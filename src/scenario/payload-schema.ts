import { z } from 'zod';
import { codecs } from '../codecs/registry.ts';
import { closestName } from '../core/closest-name.ts';
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

/** Plugins add codecs, so what there is shows when a scenario is checked. */
const codecName = z
  .string()
  .superRefine((name, context) => {
    if (Object.hasOwn(codecs, name)) return;
    const near = closestName(name, Object.keys(codecs));
    const hint = near === undefined ? `there is ${Object.keys(codecs).join(', ')}` : `did you mean "${near}"?`;
    context.addIssue({ code: 'custom', message: `there is no codec "${name}"`, params: { hint } });
  })
  .meta({ examples: Object.keys(codecs) });

const ownField = z.string().min(1).max(256);

/** The identity in fields of one's own; a field that is not there yet is appended. */
const ownNames = z
  .strictObject({
    device: ownField.describe('field that holds <device>'),
    sequence: ownField.describe('field that holds <sequence>, how many events the device had before'),
    run: ownField.describe('field that holds <run>'),
    intended: ownField.optional().describe('field that holds the time, such as <time.iso>'),
  })
  .meta({ title: 'identity' });

/** A fleet's payload with fields of its own. */
export const ownPayload = z
  .strictObject({
    codec: codecName.default('json').describe('how fields become bytes'),
    schema: z
      .string()
      .min(1)
      .optional()
      .describe('for avro a .avsc file, for protobuf a .proto file, FILE#MESSAGE where it has several'),
    fields: z
      .record(z.string(), field)
      .describe('in order of writing, maps and lists included; <…> is filled per event'),
    identity: z
      .union([z.enum(['fields', 'headers', 'derived', 'none']), ownNames], {
        error: 'expected fields, headers, derived, none, or a map with names of your own',
      })
      .optional()
      .describe('default: derived where possible, else fields'),
    pad_to: bytes(1)
      .refine((size) => size <= LONGEST, 'a payload is padded to at most 60KiB')
      .optional()
      .describe('shorter payloads are filled up to this size with what does not compress away'),
  })
  .meta({ title: 'payload' });
