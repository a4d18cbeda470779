import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet } from '../../src/core/slot-set.ts';

const slot = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 65_400, max: 65_700 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);
const interval = fc
  .tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 3_000 }))
  .map(([from, length]) => [from, from + length] as const);
const step = fc.oneof(slot, interval);
const steps = fc.array(step, { maxLength: 60 });

/** Applies the same steps to the set and to a plain one. */
function build(sequence: readonly (number | readonly [number, number])[]): { set: SlotSet; model: Set<number> } {
  const set = new SlotSet();
  const model = new Set<number>();
  for (const item of sequence) {
    if (typeof item === 'number') {
      expect(set.add(item)).toBe(!model.has(item));
      model.add(item);
    } else {
      const before = model.size;
      for (let i = item[0]; i < item[1]; i++) model.add(i);
      expect(set.addInterval(item[0], item[1])).toBe(model.size - before);
    }
  }
  return { set, model };
}

function members(set: SlotSet): number[] {
  const result: number[] = [];
  let previousEnd = -1;
  set.forEachInterval((from, to) => {
    if (from <= previousEnd || to <= from) throw new Error('intervals touch, overlap or are empty');
    previousEnd = to;
    for (let i = from; i < to; i++) result.push(i);
  });
  return result;
}

function sorted(model: Iterable<number>): number[] {
  return [...model].sort((a, b) => a - b);
}

describe('SlotSet', () => {
  it('equals a plain set', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { set, model } = build(sequence);
        expect(set.count).toBe(model.size);
        expect(members(set)).toEqual(sorted(model));
        expect(set.first(10)).toEqual(sorted(model).slice(0, 10));
        for (const value of [...model].slice(0, 50)) {
          expect(set.has(value)).toBe(true);
          expect(set.has(value + 1)).toBe(model.has(value + 1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('intersects, subtracts and unites like plain sets', () => {
    fc.assert(
      fc.property(steps, steps, (left, right) => {
        const a = build(left);
        const b = build(right);
        expect(members(SlotSet.intersection(a.set, b.set))).toEqual(sorted(a.model).filter((x) => b.model.has(x)));
        const difference = SlotSet.difference(a.set, b.set);
        expect(members(difference)).toEqual(sorted(a.model).filter((x) => !b.model.has(x)));
        expect(difference.count).toBe(sorted(a.model).filter((x) => !b.model.has(x)).length);
        expect(SlotSet.differenceCount(a.set, b.set)).toBe(difference.count);
        a.set.addAll(b.set);
        expect(members(a.set)).toEqual(sorted(new Set([...a.model, ...b.model])));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps no bitmap of complete blocks and still knows their members', () => {
    const set = new SlotSet();
    for (let i = 0; i < 200_000; i++) set.add((i * 7919) % 200_000);
    expect(set.count).toBe(200_000);
    expect(set.openBlocks).toBe(1);
    expect(set.add(12)).toBe(false);
    expect(set.addInterval(0, 200_000)).toBe(0);
    expect(set.has(131_071)).toBe(true);
    expect(set.has(200_000)).toBe(false);
    expect(members(SlotSet.difference(set, new SlotSet())).length).toBe(200_000);
    expect(SlotSet.difference(set, set).count).toBe(0);
  });

  it('counts a difference of complete, open and absent blocks without a set', () => {
    const block = 65_536;
    const make = (...intervals: readonly (readonly [number, number])[]): SlotSet => {
      const set = new SlotSet();
      for (const [from, to] of intervals) set.addInterval(from, to);
      return set;
    };
    const whole = make([0, 4 * block]);
    const holes = make([0, block], [block + 10, 2 * block], [2 * block, 2 * block + 5]);
    expect(SlotSet.differenceCount(whole, holes)).toBe(10 + (block - 5) + block);
    expect(SlotSet.differenceCount(holes, whole)).toBe(0);
    expect(SlotSet.differenceCount(holes, make([2 * block, 2 * block + 1]))).toBe(block + (block - 10) + 4);
    expect(SlotSet.differenceCount(whole, make())).toBe(4 * block);
    expect(SlotSet.differenceCount(make(), whole)).toBe(0);
  });

  it('keeps results apart whose blocks are open, complete and empty in turn', () => {
    const block = 65_536;
    const a = new SlotSet();
    a.addInterval(0, 4 * block);
    const b = new SlotSet();
    b.addInterval(0, 7);
    b.addInterval(2 * block, 3 * block);
    b.addInterval(3 * block, 3 * block + 9);
    const difference = SlotSet.difference(a, b);
    expect(difference.count).toBe(4 * block - 7 - block - 9);
    expect([difference.has(6), difference.has(7), difference.has(block)]).toEqual([false, true, true]);
    expect([difference.has(2 * block), difference.has(3 * block + 8), difference.has(3 * block + 9)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(difference.openBlocks).toBe(2);
  });

  it('starts anew after clear', () => {
    const set = new SlotSet();
    for (let i = 0; i < 70_000; i++) set.add(i);
    set.clear();
    expect([set.count, set.openBlocks, set.has(3)]).toEqual([0, 0, false]);
    expect(set.add(3)).toBe(true);
    expect(members(set)).toEqual([3]);
  });
});
