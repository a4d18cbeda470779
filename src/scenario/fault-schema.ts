import { z } from 'zod';
import { duration } from '../targets/option-schemas.ts';
import { share } from './schema.ts';

/** A share of the events: more than none, at most all. */
export const someEvents = (doc: string) =>
  share('a share such as 1%')
    .refine(
      ({ numerator, denominator }) => numerator > 0 && numerator <= denominator,
      'the share is more than 0% and at most 100%',
    )
    .optional()
    .describe(doc);

const keys = {
  loss: someEvents('acknowledged, and delivered to nobody'),
  duplicates: someEvents('delivered twice'),
  reordered: someEvents('delivered behind the next one of their topic'),
  altered: someEvents('delivered with one bit changed'),
  lost_acks: someEvents('delivered, and their acknowledgement lost'),
  swallowed: someEvents('neither delivered nor acknowledged'),
  resets: someEvents('their connection is reset instead'),
  delay: duration().optional().describe('least time from an event to its acknowledgement'),
  stall: z.literal(true, { error: 'expected true' }).optional().describe('nothing passes, in either direction'),
};

/** What an embedded broker does wrong on purpose. */
export const fault = z
  .strictObject(keys)
  .superRefine((block, context) => {
    if (Object.values(block).some((value) => value !== undefined)) return;
    const hint = `write one of ${Object.keys(keys).join(', ')}, such as fault: { loss: 1% }`;
    context.addIssue({ code: 'custom', message: 'a fault of no kind', params: { hint } });
  })
  .optional()
  .describe('what the embedded broker does wrong on purpose');
