import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelMarks, loadAxis, uprightMarks } from '../../../src/capacity/html/load-axis.ts';

describe('an axis of loads', () => {
  it('begins at 0, leaves some room beyond the greatest, and marks round values', () => {
    const axis = loadAxis(1000, 66, 510);
    expect(axis.at(0)).toBe(66);
    expect(axis.at(1060)).toBeCloseTo(510, 9);
    expect(axis.ticks).toEqual([0, 200, 400, 600, 800, 1000]);
    // Of a vertical axis the greatest is at the top.
    expect(loadAxis(1000, 290, 24).at(1060)).toBeCloseTo(24, 9);
  });

  it('has two to five marks besides 0 whatever the loads, all of them on it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (most) => {
        const { at, ticks } = loadAxis(most, 0, 100);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(at(ticks.at(-1) as number)).toBeLessThanOrEqual(100 * (1 + 1e-9));
      }),
    );
  });

  it('draws a line and its value at each', () => {
    const axis = loadAxis(1000, 0, 106);
    const words = (marks: string): string[] =>
      [...marks.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text as string);
    expect(words(uprightMarks(axis, 0, 50, (value) => `${value}/s`))).toEqual([
      '0/s',
      '200/s',
      '400/s',
      '600/s',
      '800/s',
      '1000/s',
    ]);
    expect(uprightMarks(axis, 0, 50, String)).toContain('<line class="gridline" x1="20" x2="20" y1="0" y2="50"/>');
    expect(levelMarks(axis, 0, 50, String)).toContain('<line class="gridline" x1="0" x2="50" y1="20" y2="20"/>');
  });
});
