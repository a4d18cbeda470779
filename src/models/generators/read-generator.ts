import { closestName } from '../../core/closest-name.ts';
import { xxh32OfText } from '../../core/xxh32.ts';
import type { ParamProblem, ParamValue } from '../model.ts';
import { constant } from './constant.ts';
import { counter } from './counter.ts';
import { enumeration } from './enumeration.ts';
import { type Generator, type GeneratorKind, powersOfTen } from './generator.ts';
import { normal } from './normal.ts';
import { isList, isMap, PartReader } from './part-reader.ts';
import { sine } from './sine.ts';
import { uniform } from './uniform.ts';
import { walk } from './walk.ts';
import { zipf } from './zipf.ts';

/** Every kind of generator, by the key that names it in a scenario. */
export const generatorKinds: Readonly<Record<string, GeneratorKind>> = {
  constant,
  uniform,
  normal,
  walk,
  sine,
  enum: enumeration,
  counter,
  zipf,
};

/** Keys that every kind may have beside it. */
const common = ['decimals', 'unit'];
const kindNames = Object.keys(generatorKinds);

/** A generator with its unit, or what is wrong with what was written. */
export type ReadGenerator = { generator: Generator; unit: string } | { problems: ParamProblem[] };

/**
 * Reads a generator as a scenario writes it: `{ uniform: [10, 30], decimals: 1 }`, or short: one value for a constant, a list for one of
 * its values. Its random numbers follow from its name, so another reading beside it changes nothing.
 */
export function readGenerator(name: string, written: ParamValue): ReadGenerator {
  const value = longForm(written);
  if (!isMap(value)) return wrong(`expected a generator`, `such as ${walk.example}; there are ${kindNames.join(', ')}`);
  const kinds = Object.keys(value).filter((key) => kindNames.includes(key));
  const [kindName, other] = kinds;
  if (kindName === undefined) return unknownKind(Object.keys(value));
  if (other !== undefined)
    return wrong(`a reading is either ${kindName} or ${other}`, `leave one of them away`, [other]);

  const kind = generatorKinds[kindName] as GeneratorKind;
  const reader = new PartReader(value, kind.example);
  const sound = reader.map([], [kindName, ...kind.options, ...common]);
  const generator = kind.compile(reader, xxh32OfText(name, 0) & 0x7ffffffc);
  const unit = reader.has('unit') ? reader.text(['unit']) : '';
  const decimals = reader.decimals() ?? generator?.reading.decimals ?? 0;
  if (generator === null || unit === null || !sound || reader.problems.length > 0) return { problems: reader.problems };
  const { reading } = generator;
  if (reading.names !== undefined && reader.has('decimals'))
    return wrong('a text has no decimals', 'leave decimals away', ['decimals']);
  const largest = Math.max(Math.abs(reading.min), Math.abs(reading.max));
  if (largest * (powersOfTen[decimals] as number) > Number.MAX_SAFE_INTEGER - 2)
    return wrong(`${largest} with ${decimals} decimals is more than a number can hold`, 'use fewer decimals', [
      kindName,
    ]);
  return { generator: { reading: { ...reading, decimals }, value: generator.value }, unit };
}

function longForm(written: ParamValue): ParamValue {
  if (isList(written)) return { enum: written };
  return typeof written === 'number' || typeof written === 'string' ? { constant: written } : written;
}

function unknownKind(keys: readonly string[]): ReadGenerator {
  for (const key of keys) {
    const near = closestName(key, kindNames);
    if (near !== undefined)
      return {
        problems: [{ path: [key], key: true, message: `unknown key "${key}"`, hint: `did you mean "${near}"?` }],
      };
  }
  return wrong('it says no kind of generator', `there are ${kindNames.join(', ')}`);
}

function wrong(message: string, hint: string, path: ParamProblem['path'] = []): ReadGenerator {
  return { problems: [{ path, message, hint }] };
}
