import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet } from '../../src/core/slot-set.ts';
import { propertyRuns } from '../property-runs.ts';

/** Where numbers stop to fit something: 16, 31, 32 and 53 bits. */
const borders = [0, 65_536, 2 ** 31, 2 ** 32, 2 ** 32 + 65_536, 2 ** 40, Number.MAX_SAFE_INTEGER - 300_000];
const intervals = fc.array(
  fc.record({
    from: fc
      .tuple(fc.constantFrom(...borders), fc.integer({ min: -2_000, max: 2_000 }))
      .map(([border, offset]) => Math.max(0, border + offset)),
    length: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 65_000, max: 140_000 })),
  }),
  { maxLength: 12 },
);
type Interval = readonly [from: number, to: number];

/** The same set as a sorted list of intervals that do not touch. */
function naive(list: readonly { from: number; length: number }[]): Interval[] {
  const result: Interval[] = [];
  const sorted = list.filter(({ length }) => length > 0).sort((a, b) => a.from - b.from);
  for (const { from, length } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], from + length)];
    else result.push([from, from + length]);
  }
  return result;
}

/** Where exactly the asked of two lists hold, by the borders of both. */
function combined(
  a: readonly Interval[],
  b: readonly Interval[],
  holds: (a: boolean, b: boolean) => boolean,
): Interval[] {
  const within = (list: readonly Interval[], at: number): boolean => list.some(([from, to]) => from <= at && at < to);
  const cuts = [...new Set([...a, ...b].flat())].sort((x, y) => x - y);
  const pieces = cuts.slice(0, -1).map((from, i) => ({ from, length: (cuts[i + 1] as number) - from }));
  return naive(pieces.filter(({ from }) => holds(within(a, from), within(b, from))));
}

function sizeOf(list: readonly Interval[]): number {
  return list.reduce((sum, [from, to]) => sum + (to - from), 0);
}

function setOf(list: readonly { from: number; length: number }[]): SlotSet {
  const set = new SlotSet();
  let known: Interval[] = [];
  list.forEach(({ from, length }, i) => {
    const next = naive(list.slice(0, i + 1));
    expect(set.addInterval(from, from + length)).toBe(sizeOf(next) - sizeOf(known));
    known = next;
  });
  return set;
}

function intervalsOf(set: SlotSet): Interval[] {
  const result: Interval[] = [];
  set.forEachInterval((from, to) => result.push([from, to]));
  return result;
}

describe('SlotSet around 2^32 and far above', () => {
  it('equals a list of intervals', () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const [set, model] = [setOf(list), naive(list)];
        expect(intervalsOf(set)).toEqual(model);
        expect(set.count).toBe(sizeOf(model));
        for (const [from, to] of model) {
          expect([set.has(from), set.has(to - 1), set.has(to)]).toEqual([true, true, false]);
        }
      }),
      propertyRuns(60),
    );
  });

  it('intersects, subtracts and unites like lists of intervals', () => {
    fc.assert(
      fc.property(intervals, intervals, (left, right) => {
        const [a, b] = [setOf(left), setOf(right)];
        const [p, q] = [naive(left), naive(right)];
        expect(intervalsOf(SlotSet.intersection(a, b))).toEqual(combined(p, q, (x, y) => x && y));
        expect(intervalsOf(SlotSet.difference(a, b))).toEqual(combined(p, q, (x, y) => x && !y));
        expect(SlotSet.differenceCount(a, b)).toBe(sizeOf(combined(p, q, (x, y) => x && !y)));
        a.addAll(b);
        expect(intervalsOf(a)).toEqual(naive([...left, ...right]));
      }),
      propertyRuns(40),
    );
  });
});
