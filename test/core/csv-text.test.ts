import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvCells, csvText } from '../../src/core/csv-text.ts';
import { hostile } from '../report/hostile.ts';

it.each([...hostile, '=1+1', '+1', '-1', '@x', ' =1+1', 'a,b', 'say "x"', ''])(
  '%j is one cell, and no formula',
  (text) => {
    const line = `${csvText(text)},7`;
    const [cells] = parse(line) as string[][];
    expect(cells).toHaveLength(2);
    expect(cells?.[0]).not.toMatch(/^[=+\-@\t\r]/);
    expect(line).not.toContain('\n');
    expect(csvCells(line)).toEqual(cells);
  },
);

it('cells are read as anybody reads them', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (texts) => {
      const line = [...texts.map(csvText), '1'].join(',');
      expect(csvCells(line)).toEqual((parse(line) as string[][])[0]);
    }),
  );
});
