import { decimalsOf, fineUnit, type GeneratorKind } from './generator.ts';
import { pick, sumsOf } from './weighted.ts';

const MOST_VALUES = 1_000;

/** One of a list, by weights. */
export const enumeration: GeneratorKind = {
  doc: 'One of a list of texts or numbers; weights say how often, else all alike.',
  example: '{ enum: [idle, busy, fault], weights: [90, 9, 1] }',
  options: ['weights', 'per'],
  compile(reader, channel) {
    const values = reader.choices(['enum'], MOST_VALUES);
    const drawOf = reader.drawOf();
    if (values === null || drawOf === null) return null;
    let weights: readonly (string | number)[] | null = values.map(() => 1);
    if (reader.has('weights')) weights = reader.choices(['weights'], MOST_VALUES);
    if (weights === null) return null;
    if (weights.length !== values.length)
      return reader.complain(['weights'], `${weights.length} weights for ${values.length} values`);
    const wrong = weights.findIndex((weight) => typeof weight !== 'number' || !(weight >= 0 && weight <= 1e9));
    if (wrong >= 0) return reader.complain(['weights', wrong], 'a weight is a number from 0 to 1000000000');
    const sums = sumsOf(weights.length, (i) => Number(weights[i]));
    if (!((sums.at(-1) as number) > 0)) return reader.complain(['weights'], 'at least one weight is above zero');
    const index = (key: Parameters<typeof fineUnit>[0], n: number): number =>
      pick(sums, fineUnit(key, drawOf(n), channel));

    if (typeof values[0] === 'string') {
      const names = values.map(String);
      return { reading: { decimals: 0, min: 0, max: names.length - 1, names }, value: index };
    }
    const numbers = values.map(Number);
    const decimals = Math.max(...numbers.map(decimalsOf));
    const reading = { decimals, min: Math.min(...numbers), max: Math.max(...numbers) };
    return { reading, value: (key, n) => numbers[index(key, n)] as number };
  },
};
