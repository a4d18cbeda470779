import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartSlots } from '../../src/schedule/part-slots.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';

const partitions = fc.record({
  devices: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 1, max: 12 }),
  slots: fc.integer({ min: 0, max: 300 }),
});

describe('PartSlots', () => {
  it('covers every slot exactly once over all parts', () => {
    fc.assert(
      fc.property(partitions, ({ devices, count, slots }) => {
        const owner = new Int32Array(slots).fill(-1);
        let owned = 0;
        for (let index = 0; index < count; index++) {
          for (const cursor = new PartSlots({ index, count }, devices); cursor.slot < slots; cursor.advance()) {
            expect(owner[cursor.slot]).toBe(-1);
            owner[cursor.slot] = index;
          }
          owned += new PartOrdinals({ index, count }, devices).below(slots);
        }
        expect(owner).not.toContain(-1);
        expect(owned).toBe(slots);
      }),
    );
  });

  it('names seat, event number and ordinal of every slot', () => {
    fc.assert(
      fc.property(partitions, fc.nat(), ({ devices, count, slots }, pick) => {
        const part = { index: pick % count, count };
        const cursor = new PartSlots(part, devices);
        const ordinals = new PartOrdinals(part, devices);
        let ordinal = 0;
        while (cursor.slot < slots) {
          expect(cursor.seat).toBe(cursor.slot % devices);
          expect(cursor.seat % count).toBe(part.index);
          expect(ordinals.slot(ordinal)).toBe(cursor.slot);
          expect(ordinals.of(cursor.slot)).toBe(ordinal);
          cursor.advance();
          ordinal++;
        }
        expect(ordinals.below(slots)).toBe(ordinal);
      }),
    );
  });

  it('stays exact far out', () => {
    const part = { index: 2, count: 7 };
    const slot = 1_000_000 * 5_000_000_000 + 2 + 7 * 100_000;
    const ordinals = new PartOrdinals(part, 1_000_000);
    expect(ordinals.slot(ordinals.of(slot))).toBe(slot);
    expect(ordinals.below(slot)).toBe(ordinals.of(slot));
  });

  it('never comes to a slot where the part owns no seat', () => {
    const cursor = new PartSlots({ index: 3, count: 4 }, 3);
    cursor.advance();
    expect(cursor.slot).toBe(Number.POSITIVE_INFINITY);
    expect(new PartOrdinals({ index: 3, count: 4 }, 3).below(1000)).toBe(0);
  });

  it('goes on from any slot as if it had come there step by step', () => {
    fc.assert(
      fc.property(partitions, fc.nat(), ({ devices, count, slots }, pick) => {
        const part = { index: pick % count, count };
        const stepped = new PartSlots(part, devices);
        while (stepped.slot < slots) stepped.advance();
        const sought = new PartSlots(part, devices);
        sought.seek(slots);
        expect([sought.slot, sought.seat]).toEqual([stepped.slot, stepped.seat]);
      }),
    );
  });
});
