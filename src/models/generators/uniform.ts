import { decimalsOf, fineUnit, type GeneratorKind, powersOfTen } from './generator.ts';

/**
 * Every value alike. With `decimals`, each of the numbers that can then be written is as likely as the others, both ends included;
 * without, the real numbers from the lower end up to the upper one.
 */
export const uniform: GeneratorKind = {
  doc: 'Every value alike; with decimals, each number that can be written, both ends included.',
  example: '{ uniform: [10, 30] }',
  options: ['per'],
  compile(reader, channel) {
    const ends = reader.pair(['uniform']);
    const drawOf = reader.drawOf();
    if (ends === null || drawOf === null) return null;
    const [low, high] = ends;
    if (!(low < high)) return reader.complain(['uniform'], 'the first number is not below the second');
    const decimals = reader.decimals();
    if (decimals === null) {
      const range = high - low;
      return {
        reading: { decimals: 2, min: low, max: high },
        value: (key, n) => low + range * fineUnit(key, drawOf(n), channel),
      };
    }
    const finest = Math.max(decimalsOf(low), decimalsOf(high));
    if (finest > decimals)
      return reader.complain(['decimals'], `the ends have ${finest} decimals`, `write decimals: ${finest}`);
    const scale = powersOfTen[decimals] as number;
    const first = Math.round(low * scale);
    const count = Math.round(high * scale) - first + 1;
    if (count > Number.MAX_SAFE_INTEGER) return reader.complain(['uniform'], 'more values than can be told apart');
    return {
      reading: { decimals, min: low, max: high },
      value: (key, n) => (first + Math.min(Math.floor(count * fineUnit(key, drawOf(n), channel)), count - 1)) / scale,
    };
  },
};
