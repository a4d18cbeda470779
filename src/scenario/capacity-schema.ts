import { z } from 'zod';
import { parseCount, parseRate, parseShare } from '../core/units.ts';
import type { ExactRate } from '../schedule/profile.ts';
import { duration } from '../targets/option-schemas.ts';
import type { Diagnostic } from './diagnostic.ts';
import { checkSection } from './section.ts';
import { diagnosticAt, nodeAt, type Tree } from './tree.ts';

/** A load of the whole scenario: devices, or events at 100 %. */
export type LoadDraft = { devices: number } | { rate: ExactRate };

/** Held for less, nothing can be said about a load. */
const SHORTEST_HOLD_US = 1_000_000;
const MOST_TRIALS = 20;
const MOST_DEVICES = 100_000_000;

const load = z
  .union(
    [
      z.number().meta({ type: 'integer', minimum: 1 }),
      z.string().meta({ pattern: String.raw`^\d+(\.\d+)?[kMG]?(/(s|min|h|day))?$` }),
    ],
    {
      error: 'expected a number of devices such as 20k, or a rate such as 5k/s',
    },
  )
  .transform((value, context): LoadDraft => {
    if (typeof value === 'string' && value.includes('/')) {
      const parsed = parseRate(value);
      return 'value' in parsed ? { rate: parsed.value } : complain(context, parsed);
    }
    const parsed = parseCount(`${value}`);
    if ('error' in parsed) return complain(context, parsed);
    if (parsed.value >= 1 && parsed.value <= MOST_DEVICES) return { devices: parsed.value };
    return complain(context, {
      error: `"${value}" is out of range`,
      hint: `write 1 to ${MOST_DEVICES} devices, or a rate such as 5k/s`,
    });
  });

const precision = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `"${issue.input}" lacks its unit: expected a share such as 5%`
        : 'expected a share such as 5%',
  })
  .meta({ pattern: String.raw`^\d+(\.\d+)?(%|ppm)$` })
  .transform((text, context): number => {
    const parsed = parseShare(text);
    if ('error' in parsed) return complain(context, parsed);
    const share = parsed.value.numerator / parsed.value.denominator;
    if (share >= 0.001 && share <= 1) return share;
    return complain(context, { error: `"${text}" is out of range`, hint: 'write 0.1% to 100%' });
  });

/** What `iotload capacity` varies, and how closely it looks. */
export const capacity = z
  .strictObject({
    vary: z
      .enum(['rate', 'devices'])
      .default('rate')
      .describe('what all fleets have more of, in proportion; with devices, the rate of those that say every: follows'),
    from: load
      .optional()
      .describe(
        'load that is expected to hold, of all fleets together: 20k devices, or 5k/s; default a tenth of the file’s own',
      ),
    to: load.optional().describe('nothing above it is tried; default ten times the file’s own'),
    hold: duration().prefault('1m').describe('how long each load is measured, after the warm-up'),
    precision: precision.prefault('5%').describe('how far the load that holds and the one that breaks may be apart'),
    confirm: z
      .int({ error: `expected a whole number from 1 to ${MOST_TRIALS}` })
      .min(1)
      .max(MOST_TRIALS)
      .default(3)
      .describe('how often each of these two is tried'),
    provision_for: load.optional().describe('a load to say what it takes for'),
  })
  .superRefine((block, context) => {
    const tell = (key: string, message: string, hint: string): void =>
      context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
    if (block.hold < SHORTEST_HOLD_US)
      tell('hold', 'nothing can be told of a load that is held for less than 1s', 'write at least 1s');
    for (const key of ['from', 'to', 'provision_for'] as const) {
      const given = block[key];
      if (given === undefined || block.vary in given) continue;
      if (block.vary === 'rate')
        tell(key, 'a number of devices, where the rate is varied', 'write a rate such as 5k/s, or vary: devices');
      else tell(key, 'a rate, where the number of devices is varied', 'write a count such as 20k, or vary: rate');
    }
    if (block.from !== undefined && block.to !== undefined && amountOf(block.to) <= amountOf(block.from))
      tell('to', 'not above "from"', 'nothing above "to" is tried, and "from" is expected to hold');
  })
  .meta({ title: 'capacity' });

/** A sound `capacity`, defaults filled in but for what depends on the fleets; undefined where something in it is wrong. */
export type CapacityDraft = z.output<typeof capacity> | undefined;

/** Devices, or events per second. */
export function amountOf(load: LoadDraft): number {
  return 'devices' in load ? load.devices : (load.rate.events / load.rate.perUs) * 1e6;
}

/** Checks the block; each mistake is reported. One that is not there is an empty one. */
export function checkCapacity(tree: Tree, report: (found: readonly Diagnostic[]) => void): CapacityDraft {
  const node = nodeAt(tree, ['capacity']);
  if (node !== undefined && node.kind !== 'map') {
    report([
      diagnosticAt(
        node.place,
        'bad-value',
        ['capacity'],
        'capacity is a map',
        'write capacity: { vary: rate, from: 500/s, to: 10k/s }',
      ),
    ]);
    return undefined;
  }
  const checked = checkSection(capacity, tree, ['capacity']);
  report(checked.diagnostics);
  return checked.value;
}

function complain(context: z.core.$RefinementCtx, { error, hint }: { error: string; hint: string }): never {
  context.addIssue({ code: 'custom', message: error, params: { hint } });
  return z.NEVER;
}
