import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeldSlots } from '../../src/engine/held-slots.ts';

it('gives slots back by release, then by number, whatever comes between', () => {
  const step = fc.oneof(fc.record({ releaseUs: fc.nat(20), slot: fc.nat(1e6) }), fc.constant('shift' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const held = new HeldSlots();
      const list: { releaseUs: number; slot: number }[] = [];
      for (const one of steps) {
        if (one !== 'shift') {
          held.push(one.releaseUs, one.slot);
          list.push(one);
        } else if (list.length > 0) {
          list.sort((a, b) => a.releaseUs - b.releaseUs || a.slot - b.slot);
          const first = list.shift();
          if (held.releaseUs !== first?.releaseUs || held.shift() !== first?.slot) expect(first).toBe('the first');
        }
        if (held.length !== list.length) expect(held.length).toBe(list.length);
      }
      list.sort((a, b) => a.releaseUs - b.releaseUs || a.slot - b.slot);
      expect(list.map(() => held.shift())).toEqual(list.map(({ slot }) => slot));
      expect(held.releaseUs).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 40 },
  );
});
