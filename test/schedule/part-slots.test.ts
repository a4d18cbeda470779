import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOwned, ordinalOfSlot, PartSlots, slotOfOrdinal } from '../../src/schedule/part-slots.ts';

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
          owned += countOwned({ index, count }, devices, slots);
        }
        expect(owner).not.toContain(-1);
        expect(owned).toBe(slots);
      }),
    );
  });

  it('names seat, event number and ordinal of every slot, and finds each again', () => {
    fc.assert(
      fc.property(partitions, fc.nat(), ({ devices, count, slots }, pick) => {
        const part = { index: pick % count, count };
        const cursor = new PartSlots(part, devices);
        const jumper = new PartSlots(part, devices);
        let ordinal = 0;
        while (cursor.slot < slots) {
          expect(cursor.ordinal).toBe(ordinal);
          expect(cursor.seat).toBe(cursor.slot % devices);
          expect(cursor.seat % count).toBe(part.index);
          expect(cursor.n).toBe(Math.floor(cursor.slot / devices));
          expect(slotOfOrdinal(part, devices, ordinal)).toBe(cursor.slot);
          expect(ordinalOfSlot(part, devices, cursor.slot)).toBe(ordinal);
          jumper.seek(ordinal);
          expect(jumper).toEqual(cursor);
          cursor.advance();
          ordinal++;
        }
        expect(countOwned(part, devices, slots)).toBe(ordinal);
      }),
    );
  });

  it('stays exact far out', () => {
    const part = { index: 2, count: 7 };
    const slot = 1_000_000 * 5_000_000_000 + 2 + 7 * 100_000;
    const ordinal = ordinalOfSlot(part, 1_000_000, slot);
    expect(slotOfOrdinal(part, 1_000_000, ordinal)).toBe(slot);
    expect(countOwned(part, 1_000_000, slot)).toBe(ordinal);
  });

  it('never comes to a slot where the part owns no seat', () => {
    const cursor = new PartSlots({ index: 3, count: 4 }, 3);
    cursor.advance();
    cursor.seek(5);
    expect(cursor.slot).toBe(Number.POSITIVE_INFINITY);
    expect(countOwned({ index: 3, count: 4 }, 3, 1000)).toBe(0);
  });
});
