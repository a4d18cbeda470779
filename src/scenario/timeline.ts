import { z } from 'zod';
import { distance, duration } from '../targets/option-schemas.ts';
import type { Diagnostic } from './diagnostic.ts';
import { fault } from './fault-schema.ts';
import { lasting, share } from './schema.ts';
import { checkSection } from './section.ts';
import { diagnosticAt, nodeAt, type Tree } from './tree.ts';

/** Most entries of a timeline. */
export const mostEntries = 1_000;

/** What an entry can be, of which it is exactly one; the first ones last a while. */
const kinds = ['shake', 'disconnect', 'fault', 'quake', 'note'] as const;
const lastingKinds: readonly string[] = ['shake', 'disconnect', 'fault'];

const magnitude = z
  .number({ error: 'expected a magnitude such as 6' })
  .min(1, 'a magnitude is 1 to 9')
  .max(9, 'a magnitude is 1 to 9')
  .describe('moment magnitude');

/** One entry of the timeline: what happens, and when. */
export const timelineEntry = z
  .strictObject({
    at: lasting.describe('after the warm-up: a time such as 30s, or a share of run.duration such as 50%'),
    shake: share('a share such as 25%').optional().describe('share of the phones that are shaken hard'),
    quake: z
      .strictObject({
        magnitude,
        depth: distance(1_000, 700_000).describe('of the hypocentre, 1km to 700km'),
        distance: distance(0, 1_000_000).describe('of the fleet’s centre from the epicentre, up to 1000km'),
      })
      .optional()
      .describe('an earthquake begins'),
    disconnect: share('a share such as 80%').optional().describe('share of the connections that are cut'),
    fault,
    note: z
      .string({ error: 'expected a text' })
      .min(1)
      .max(200)
      .refine((text) => !/\p{Cc}/u.test(text), 'a note has no control characters')
      .optional()
      .describe('said at that time, and kept in the result'),
    for: duration().optional().describe('how long it lasts'),
    fleets: z.array(z.string()).min(1).optional().describe('which fleets it concerns; default all'),
  })
  .superRefine((entry, context) => {
    const named = kinds.filter((kind) => entry[kind] !== undefined);
    const kind = named[0];
    const complain = (message: string, hint: string, key?: string): void => {
      const path = key === undefined ? [] : [key];
      context.addIssue({
        code: 'custom',
        path,
        message,
        params: { hint, ...(key === undefined ? {} : { about: 'key' }) },
      });
    };
    if (kind === undefined || named.length > 1) {
      const found = named.length === 0 ? 'none' : named.join(' and ');
      complain(`an entry is one of ${kinds.join(', ')}; found ${found}`, 'write { at: 50%, note: half of it is over }');
    } else if (lastingKinds.includes(kind) && entry.for === undefined) {
      const value = kind === 'fault' ? '{ loss: 1% }' : '25%';
      complain(`"for" is missing: how long the ${kind} lasts`, `write { at: 20%, ${kind}: ${value}, for: 10s }`);
    } else if (!lastingKinds.includes(kind) && entry.for !== undefined) {
      complain(`a ${kind} has no length of its own`, 'leave for away', 'for');
    }
    if (kind === 'fault' && entry.fleets !== undefined)
      complain('a fault is the broker’s, and meets every fleet', 'leave fleets away', 'fleets');
    for (const key of ['shake', 'disconnect'] as const) {
      const part = entry[key];
      if (part !== undefined && (part.numerator > part.denominator || part.numerator === 0))
        complain('the share is more than 0% and at most 100%', 'such as 25%', key);
    }
  })
  .meta({ title: 'timeline entry' });

/** An entry with nothing wrong in itself. */
export interface TimelineDraft {
  /** Its position in the scenario. */
  index: number;
  value: z.output<typeof timelineEntry>;
}

/** Checks the entries one by one; each mistake is reported, and what is sound returned. */
export function checkTimeline(tree: Tree, report: (found: readonly Diagnostic[]) => void): TimelineDraft[] {
  const list = nodeAt(tree, ['timeline']);
  if (list === undefined) return [];
  const hint = 'write timeline: [{ at: 50%, note: half of it is over }]';
  if (list.kind !== 'list') {
    report([diagnosticAt(list.place, 'bad-value', ['timeline'], 'the timeline is a list', hint)]);
    return [];
  }
  if (list.items.length > mostEntries) {
    report([diagnosticAt(list.place, 'bad-value', ['timeline'], `a timeline has at most ${mostEntries} entries`)]);
    return [];
  }
  return list.items.flatMap((item, index) => {
    const path = ['timeline', index];
    if (item.kind !== 'map') {
      report([diagnosticAt(item.place, 'bad-value', path, 'an entry of the timeline is a map', hint)]);
      return [];
    }
    const { value, diagnostics } = checkSection(timelineEntry, tree, path);
    // A misspelt kind is no missing one.
    const misspelt = diagnostics.some(({ code }) => code === 'unknown-key');
    report(diagnostics.filter((diagnostic) => !misspelt || diagnostic.path.length > path.length));
    return value === undefined ? [] : [{ index, value }];
  });
}
