import { z } from 'zod';
import { type Parsed, parseShare } from '../core/units.ts';
import { duration } from '../targets/option-schemas.ts';

/** µs. */
const periods = { s: 1_000_000, min: 60_000_000, h: 3_600_000_000, day: 86_400_000_000 } as const;

/** A share of the devices in each stretch of time: 2%/h is { 1, 50 } per 3 600 000 000 µs. */
export interface ShareRate {
  numerator: number;
  denominator: number;
  perUs: number;
}

const churn = z
  .string({ error: 'expected a share per time, such as 2%/h' })
  .meta({ pattern: String.raw`^\d+(\.\d+)?(%|ppm)/(s|min|h|day)$` })
  .transform((text, context): ShareRate => {
    const parsed = parseShareRate(text);
    return 'value' in parsed ? parsed.value : complain(context, parsed.error, parsed.hint);
  })
  .describe('share of the devices that reload, each as a new device');

/** What the devices of a fleet do besides reporting on time. */
export const behavior = z
  .strictObject({
    churn: churn.optional(),
    offline: z
      .strictObject({
        share: shareOf('a share of the devices such as 1%'),
        for: duration().describe('how long each outage lasts'),
      })
      .optional()
      .describe('share of the devices that are cut off at any time; they send afterwards'),
    clock_skew: duration('zero').optional().describe('greatest error of a device’s clock, fast or slow'),
    duplicates: shareOf('a share of the events such as 0.1%').optional(),
    malformed: shareOf('a share of the events such as 0.01%').optional(),
  })
  .meta({ title: 'behavior', description: 'what the devices do besides reporting on time' });

function parseShareRate(text: string): Parsed<ShareRate> {
  const hint = 'write 2%/h, 50ppm/s or 10%/day';
  const match = /^(.*)\/(s|min|h|day)$/.exec(text);
  if (match === null) return { error: `"${text}" is no share per time`, hint };
  const share = parseShare(match[1] as string);
  if ('error' in share) return { error: share.error, hint };
  return { value: { ...share.value, perUs: periods[match[2] as keyof typeof periods] } };
}

/** At most 100 %. */
function shareOf(what: string) {
  return z
    .string({
      error: (issue) => `${typeof issue.input === 'number' ? `"${issue.input}" lacks its unit: ` : ''}expected ${what}`,
    })
    .meta({ description: what, pattern: String.raw`^\d+(\.\d+)?(%|ppm)$` })
    .transform((text, context) => {
      const parsed = parseShare(text);
      if ('error' in parsed) return complain(context, parsed.error, parsed.hint);
      const { numerator, denominator } = parsed.value;
      if (numerator > denominator) return complain(context, `"${text}" is more than all of them`, 'write at most 100%');
      return parsed.value;
    });
}

function complain(context: z.core.$RefinementCtx, message: string, hint: string): never {
  context.addIssue({ code: 'custom', message, params: { hint } });
  return z.NEVER;
}
