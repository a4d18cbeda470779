import { expect, it } from 'vitest';
import { marksOf } from '../../src/answers/marks.ts';
import type { ReadingSpec } from '../../src/models/model.ts';

const label = (more: Partial<ReadingSpec>): ReadingSpec => ({
  doc: '',
  unit: '',
  decimals: 0,
  min: 0,
  max: 5,
  ...more,
});

it('words, a yes or no, and amounts that say so mark events; better values do not', () => {
  const labels = {
    truer: label({ decimals: 3 }),
    row: label({ max: 1e6 }),
    state: label({ names: ['none', 'bad'] }),
    failed: label({ max: 1 }),
    present: label({ flag: true }),
    excess: label({ decimals: 2, marks: true }),
  };
  expect(marksOf({ readings: { a: label({}) }, labels, payloads: {} })).toEqual([
    { name: 'state', index: 3, names: ['none', 'bad'], amount: false },
    { name: 'failed', index: 4, names: null, amount: false },
    { name: 'present', index: 5, names: null, amount: false },
    { name: 'excess', index: 6, names: null, amount: true },
  ]);
  expect(marksOf({ readings: {}, payloads: {} })).toEqual([]);
});
