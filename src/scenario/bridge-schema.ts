import { z } from 'zod';
import { duration } from '../targets/option-schemas.ts';
import type { Diagnostic } from './diagnostic.ts';
import { someEvents } from './fault-schema.ts';
import { checkSection } from './section.ts';
import { diagnosticAt, nodeAt, type Tree } from './tree.ts';

const stall = z
  .strictObject({
    every: duration().describe('from the beginning of one stall to that of the next'),
    for: duration().describe('how long each lasts'),
  })
  .refine((block) => block.for < block.every, { error: 'a stall is shorter than the time from one to the next' });

/** What the bridge does wrong on purpose. */
const faults = z
  .strictObject({
    loss: someEvents('dropped: acknowledged to the MQTT broker, and never produced'),
    duplicates: someEvents('produced twice'),
    delay: duration().optional().describe('from a message to its record'),
    stall: stall.optional().describe('nothing passes for a while, again and again'),
  })
  .meta({ title: 'bridge faults' });

/** The example bridge that a run brings along. */
export const bridge = z
  .strictObject({
    from: z.string().describe('target that it reads: MQTT without TLS and login'),
    to: z
      .union([z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))], {
        error: 'expected a target, or a map of targets such as { lake: "boards/#" }',
      })
      .describe(
        'target that it writes: Kafka without TLS and login; or several, each with the topic filters that go there',
      ),
    topics: z
      .record(z.string(), z.string(), { error: 'expected a map of topic filters, such as { "boards/#": readings }' })
      .optional()
      .describe(
        'topic filters of MQTT, and the topic of Kafka for each; default: all that the fleets publish there, into its topic',
      ),
    wrap: z
      .enum(['none', 'rule'])
      .default('none')
      .describe(
        'none: a record is the payload as it came; rule: JSON with the payload as a string at /payload, as EMQX writes it',
      ),
    key: z
      .union([z.literal('topic'), z.int().min(1).max(100)], {
        error: 'expected topic, or the number of the topic’s level that names the client',
      })
      .default('topic')
      .describe('key of a record: the topic, or one of its levels, counted from 1'),
    faults: faults.optional().describe('what it does wrong on purpose'),
  })
  .meta({ title: 'bridge' });

/** A sound `bridge`; null where there is none, undefined where something in it is wrong. */
export type BridgeDraft = z.output<typeof bridge> | null | undefined;

/** Checks the bridge by itself; each mistake is reported. */
export function checkBridge(tree: Tree, report: (found: readonly Diagnostic[]) => void): BridgeDraft {
  const node = nodeAt(tree, ['bridge']);
  if (node === undefined) return null;
  if (node.kind !== 'map') {
    report([
      diagnosticAt(node.place, 'bad-value', ['bridge'], 'a bridge is a map', 'write bridge: { from: edge, to: lake }'),
    ]);
    return undefined;
  }
  const checked = checkSection(bridge, tree, ['bridge']);
  report(checked.diagnostics);
  return checked.value;
}
