import type { PayloadLayout } from '../codecs/codec.ts';
import type { FieldNode } from '../codecs/field-tree.ts';
import { namedPlaces } from '../codecs/place.ts';
import { placeholdersOf, type TemplateProblem } from './check-templates.ts';

/** Fields that carry the identity, by what they hold. */
export interface IdentityNames {
  device: string;
  sequence: string;
  run: string;
  intended?: string | undefined;
}

const holds = {
  device: { wanted: '<device>', fits: (name: string) => name === 'device' },
  intended: { wanted: '<time.iso>', fits: (name: string) => name.startsWith('time.') },
  sequence: { wanted: '<sequence>', fits: (name: string) => name === 'sequence' },
  run: { wanted: '<run>', fits: (name: string) => name === 'run' },
} as const;

/** The fields with those appended that are to carry the identity and are not there yet; what is wrong with those that are goes to `report`. */
export function withIdentity(
  fields: readonly FieldNode[],
  names: IdentityNames,
  report: (part: keyof IdentityNames, problem: TemplateProblem) => void,
): FieldNode[] {
  const all = [...fields];
  const taken = new Map<string, string>();
  for (const [part, { wanted, fits }] of Object.entries(holds) as [keyof IdentityNames, (typeof holds)['device']][]) {
    const name = names[part];
    if (name === undefined) continue;
    const other = taken.get(name);
    if (other !== undefined) {
      report(part, {
        message: `"${name}" cannot hold ${other} and ${part} at once`,
        hint: 'give each a field of its own',
      });
    }
    taken.set(name, part);
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) all.push({ name, value: wanted });
    else if (!(typeof field.value === 'string' && isAlone(field.value, fits)))
      report(part, { message: `the field "${name}" does not hold ${wanted} alone`, hint: `write ${name}: ${wanted}` });
  }
  return all;
}

function isAlone(text: string, fits: (name: string) => boolean): boolean {
  const [only, ...others] = placeholdersOf(text);
  if (only === undefined || others.length > 0 || !fits(only.name)) return false;
  return text === `<${only.name}${only.format === null ? '' : `:${only.format}`}>`;
}

/** Why the fields do not tell an event; null where they do. */
export function namedProblem(layout: PayloadLayout): TemplateProblem | null {
  if (namedPlaces(layout) !== null) return null;
  const hint = 'put these fields at the front, with ids of one length such as m-<index:06>, or choose identity: fields';
  return { message: 'device, sequence and run do not stand where they can be found in every event', hint };
}
