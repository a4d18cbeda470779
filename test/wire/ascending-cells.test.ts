import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AscendingCells } from '../../src/wire/ascending-cells.ts';

it('is a map whose cells are sorted, in whatever order they come', () => {
  const step = fc.tuple(fc.nat(40), fc.nat(9));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [cells, map] = [new AscendingCells(), new Map<number, number>()];
      for (const [cell, count] of steps) {
        expect(cells.get(cell)).toBe(map.get(cell));
        cells.set(cell, count);
        map.set(cell, count);
      }
      const sorted = [...map].sort(([a], [b]) => a - b);
      expect([...cells]).toEqual(sorted);
      expect([...cells.keys()]).toEqual(sorted.map(([cell]) => cell));
      expect([...cells.values()]).toEqual(sorted.map(([, count]) => count));
      expect(cells.size).toBe(map.size);
    }),
  );
});
