import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import { propertyRuns } from '../property-runs.ts';

const folder = fileURLToPath(new URL('../fixtures/scenarios/good/', import.meta.url));
const env = { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x', BROKER: 'b' };
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(`${folder}${name}`, 'utf8'));

type Mutation = (text: string) => string;

const lines =
  (change: (all: string[], at: number) => string[]) =>
  (place: number): Mutation =>
  (text) => {
    const all = text.split('\n');
    return change(all, place % all.length).join('\n');
  };
const characters =
  (change: (text: string, at: number) => string) =>
  (place: number): Mutation =>
  (text) =>
    change(text, place % Math.max(1, text.length));

const place = fc.nat(100_000);
const strange = fc.oneof(
  fc.constantFrom(
    '[',
    '{',
    ']',
    '}',
    ':',
    '- ',
    '"',
    '<',
    '>',
    '&a ',
    '*a',
    '!!x ',
    '|',
    '%',
    '#',
    '\t',
    '\u0000',
    '🜁',
  ),
  fc.constantFrom(
    '-1',
    '0',
    '1e999',
    '9'.repeat(400),
    '1ns',
    '100000000000h',
    '51M/day',
    '1e9/s',
    'null',
    '~',
    '0x7f',
    '.inf',
  ),
  fc.string({ maxLength: 12 }),
);
/** What a slip of hand or a broken tool does to a text. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  place.map(lines((all, at) => all.toSpliced(at, 1))),
  place.map(lines((all, at) => all.toSpliced(at, 0, all[at] as string))),
  place.map(lines((all, at) => all.toSpliced(at, 1, `  ${all[at]}`))),
  place.map(lines((all, at) => all.toSpliced(at, 1, (all[at] as string).trimStart()))),
  fc
    .tuple(place, place)
    .map(([from, to]) => lines((all, at) => all.toSpliced(to % all.length, 0, ...all.splice(at, 1)))(from)),
  place.map(characters((text, at) => text.slice(0, at) + text.slice(at + 1))),
  place.map(characters((text, at) => text.slice(0, at))),
  fc.tuple(place, strange).map(([at, piece]) => characters((text, i) => text.slice(0, i) + piece + text.slice(i))(at)),
  // A value of another kind: what stands behind the n-th colon.
  fc.tuple(place, strange).map(
    ([n, piece]): Mutation =>
      (text) => {
        const colons = [...text.matchAll(/: [^\n,{}[\]]+/g)];
        const found = colons[n % Math.max(1, colons.length)];
        return found === undefined
          ? text
          : `${text.slice(0, found.index)}: ${piece}${text.slice(found.index + found[0].length)}`;
      },
  ),
);

/** Processor time of this process so far, µs: what a busy machine does besides is not in it. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function load(text: string): Promise<boolean> {
  try {
    const outcome = await loadPlan({ text, file: 'case.yaml', folder, env, set: [], allow: [] });
    if (!outcome.ok) expect(outcome.diagnostics.length).toBeGreaterThan(0);
    return outcome.ok;
  } catch (error) {
    expect(error, text).toBeInstanceOf(IotloadError);
    expect((error as IotloadError).code, text).not.toBe('defect');
    return false;
  }
}

describe('a scenario that something went wrong with', () => {
  it('is a plan, or every mistake is told; and it takes no more work than a hundred sound ones', async () => {
    for (const text of texts) await load(text);
    const before = cpuUs();
    for (const text of texts) await load(text);
    const oneUs = (cpuUs() - before) / texts.length;
    let [plans, mistakes] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (text, mutations) => {
          const startUs = cpuUs();
          const mutated = mutations.reduce((changed, mutate) => mutate(changed), text);
          if (await load(mutated)) plans++;
          else mistakes++;
          expect(cpuUs() - startUs, mutated).toBeLessThan(100 * Math.max(10_000, oneUs));
        },
      ),
      propertyRuns(250),
    );
    // Both happen, or this would prove little.
    expect(Math.min(plans, mistakes)).toBeGreaterThan(0);
  });
});
