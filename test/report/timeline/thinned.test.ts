import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Thinned } from '../../../src/report/timeline/thinned.ts';

it('keeps everything in order in a bounded number of stretches, all but the last equally long', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 2, max: 12 }),
      fc.boolean(),
      (count, most, watched) => {
        const thinned = new Thinned<number[]>(most, (into, more) => void into.push(...more.flat()));
        for (let i = 0; i < count; i++) {
          thinned.add([i]);
          if (watched) expect(thinned.kept.length).toBeLessThanOrEqual(most);
        }
        expect(thinned.kept.length).toBeLessThanOrEqual(most);
        expect(thinned.kept.flat()).toEqual(Array.from({ length: count }, (_, i) => i));
        const lengths = thinned.kept.map(({ length }) => length);
        const [each = 1] = lengths;
        expect(Math.log2(each) % 1).toBe(0);
        expect(lengths.slice(0, -1).every((length) => length === each)).toBe(true);
        expect(lengths.at(-1)).toBeLessThanOrEqual(each);
      },
    ),
  );
});
