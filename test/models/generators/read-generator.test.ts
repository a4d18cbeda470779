import { describe, expect, it } from 'vitest';
import { generatorKinds, readGenerator } from '../../../src/models/generators/read-generator.ts';
import type { ParamValue } from '../../../src/models/model.ts';

/** `path: message (hint)` of each mistake. */
function problems(written: ParamValue): string[] {
  const read = readGenerator('it', written);
  if (!('problems' in read)) return [];
  return read.problems.map(({ path, message, hint }) => `${path.join('.')}: ${message} (${hint})`);
}

describe('a generator', () => {
  it.each(Object.entries(generatorKinds))('%s: its example is one', (name, { example }) => {
    expect(example).toMatch(new RegExp(`\\b${name}:`));
  });

  it.each<[string, ParamValue, string]>([
    ['no kind', { decimals: 1 }, ': it says no kind of generator (there are constant,'],
    ['nothing', null, ': expected a generator (such as'],
    ['a flag', true, ': expected a generator (such as'],
    ['a misspelt kind', { unifrom: [1, 2] }, 'unifrom: unknown key "unifrom" (did you mean "uniform"?)'],
    ['two kinds', { uniform: [1, 2], normal: [1, 2] }, 'normal: a reading is either uniform or normal'],
    ['an unknown option', { uniform: [1, 2], decimal: 1 }, 'decimal: unknown key "decimal" (did you mean "decimals"?)'],
    ['an option of another kind', { uniform: [1, 2], weights: [1] }, 'weights: unknown key "weights" (known here'],
    ['decimals out of range', { uniform: [1, 2], decimals: 10 }, 'decimals: "10" is too large: at most 9'],
    ['half a decimal', { uniform: [1, 2], decimals: 0.5 }, 'decimals: "0.5" is not a whole number'],
    ['a unit of numbers', { uniform: [1, 2], unit: 3 }, 'unit: expected a text, found "3"'],
    ['a constant list', { constant: [1] }, 'constant: expected a number, found a list'],
    ['decimals of a text', { constant: 'a', decimals: 1 }, 'decimals: a text has no decimals'],
    [
      'uniform of one',
      { uniform: 5 },
      'uniform: expected a list of two numbers, found "5" (such as { uniform: [10, 30] })',
    ],
    ['uniform of a text', { uniform: [1, 'b'] }, 'uniform.1: expected a number, found "b"'],
    ['uniform the wrong way round', { uniform: [2, 1] }, 'uniform: the first number is not below the second'],
    ['ends finer than decimals', { uniform: [0.25, 1], decimals: 1 }, 'decimals: the ends have 2 decimals (write'],
    ['more than a number holds', { walk: { from: 0, to: 1e15, step: 1e9 } }, 'walk: 1000000000000000 with 2 decimals'],
    [
      'more values than a draw tells apart',
      { uniform: [0, 1e15], decimals: 3 },
      'uniform: more values than can be told',
    ],
    ['per what', { uniform: [1, 2], per: 'seat' }, 'per: expected per: device'],
    ['no deviation', { normal: [1, 0] }, 'normal.1: a standard deviation is above zero'],
    ['min above max', { normal: [1, 1], min: 5, max: 4 }, 'max: min 5 is not below max 4'],
    ['a walk without a step', { walk: { from: 1, to: 2 } }, 'walk.step: expected a number'],
    [
      'a walk of a misspelt key',
      { walk: { from: 1, too: 2, step: 1 } },
      'walk.too: unknown key "too" (did you mean "to"?)',
    ],
    ['a walk backwards', { walk: { from: 2, to: 1, step: 1 } }, 'walk.to: "1" is not above from: 2'],
    ['a step over the wall', { walk: { from: 1, to: 2, step: 3 } }, 'walk.step: "3" is no step within a range of 1'],
    [
      'a period without a unit',
      { sine: { low: 0, high: 1, period: 24 } },
      'sine.period: "24" lacks its unit (a time reads',
    ],
    ['a period of nothing', { sine: { low: 0, high: 1, period: '0s' } }, 'sine.period: a period is not zero'],
    [
      'phase and peak',
      { sine: { low: 0, high: 1, period: '1h', phase: '1%', peak_at: '1m' } },
      'sine.peak_at: a wave has',
    ],
    [
      'a phase without a unit',
      { sine: { low: 0, high: 1, period: '1h', phase: 0.5 } },
      'sine.phase: "0.5" lacks its unit',
    ],
    ['an empty enumeration', { enum: [] }, 'enum: expected a list of texts or of numbers, found a list'],
    ['a mixed enumeration', { enum: ['a', 1] }, 'enum.1: expected a text (a list holds texts or numbers'],
    ['too few weights', { enum: ['a', 'b'], weights: [1] }, 'weights: 1 weights for 2 values'],
    ['a negative weight', { enum: ['a', 'b'], weights: [1, -1] }, 'weights.1: a weight is a number from 0'],
    ['no weight at all', { enum: ['a', 'b'], weights: [0, 0] }, 'weights: at least one weight is above zero'],
    ['a counter that stands', { counter: { step: 0 } }, 'counter.step: a counter that stands still (use constant)'],
    ['a wrap behind the start', { counter: { start: 5, wrap: 5 } }, 'counter.wrap: "5" is not on the way from 5'],
    ['too many ranks', { zipf: { n: 1e7 } }, 'zipf.n: "10000000" is too large: at most 1000000'],
  ])('says what is wrong: %s', (_, written, expected) => {
    const found = problems(written);
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, expected.length)).toBe(expected);
  });

  it('does not take what every object has for a key', () => {
    expect(problems({ walk: { from: 1, to: 2, step: 1, constructor: 1 } })[0]).toContain('unknown key "constructor"');
    expect(problems({ toString: 1 })[0]).toContain('it says no kind');
  });
});
