import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../src/core/anchor.ts';
import { PartSlots } from '../../src/schedule/part-slots.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { propertyRuns } from '../property-runs.ts';

const second = 1_000_000;
const day = 86_400 * second;

const rates = fc.oneof(
  fc.constantFrom(
    { events: 3_000_000, perUs: second },
    { events: 15_000_000, perUs: second },
    { events: 51_000_000, perUs: day },
  ),
  fc.record({ events: fc.integer({ min: 1, max: 15_000_000 }), perUs: fc.integer({ min: 1, max: day }) }),
);

describe('a steady rate', () => {
  it('has each of its first 10^12 events at ⌊k·per/events⌋ µs, and no other', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1e12 }), ({ events, perUs }, slot) => {
        const schedule = createSchedule({ rate: { events, perUs }, segments: [] });
        const due = (BigInt(slot) * BigInt(perUs)) / BigInt(events);
        // Times beyond 2⁵² µs, 142 years, are none that a plan may have.
        fc.pre(due < 2n ** 52n);
        expect(schedule.timeOf(slot)).toBe(Number(due));
        const until = Number(due) + 1;
        expect(schedule.dueBy(until)).toBe(Number((BigInt(until) * BigInt(events) - 1n) / BigInt(perUs)) + 1);
      }),
      propertyRuns(1000),
    );
  });

  it('has each slot at its time also where a product with a reciprocal is one off', () => {
    const exactly = (events: number, perUs: number, slot: number): void => {
      const due = Number((BigInt(slot) * BigInt(perUs)) / BigInt(events));
      expect(createSchedule({ rate: { events, perUs }, segments: [] }).timeOf(slot)).toBe(due);
    };
    // 49 · (1/49) is below 1; (2⁵³ − 3) · (1/5) rounds up to a whole number; and so does a rest of b · v just below a multiple of D.
    exactly(49, second, 49);
    exactly(5, 1, 2 ** 53 - 3);
    exactly(94_493_621, 94_492_781, 83_131_888);
  });

  it('has each slot at its time behind a stretch that ended between two slots', () => {
    const full = { numerator: 1, denominator: 1 };
    const third = { numerator: 1, denominator: 3 };
    for (let events = 1; events < 200; events++) {
      const segments = [
        { durationUs: second, from: third, to: third },
        { durationUs: second, from: full, to: full },
      ];
      const spec = { rate: { events, perUs: second }, segments };
      const schedule = createSchedule(spec);
      // After a second, a third of `events` slots are due; each takes 1/events s from there on.
      for (let slot = Math.ceil(events / 3); slot < 2 * events; slot++) {
        const due = (3n * BigInt(slot) - BigInt(events)) * BigInt(second);
        expect(schedule.timeOf(slot)).toBe(second + Number(due / (3n * BigInt(events))));
      }
    }
  });

  it('of 51M a day has been exact at any instant of the day, and at its end', () => {
    const schedule = createSchedule({ rate: { events: 51_000_000, perUs: day }, segments: [] });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: day }), (t) => {
        expect(schedule.dueBy(t)).toBe(Number((BigInt(t) * 51_000_000n - 1n) / BigInt(day)) + 1);
      }),
      { ...propertyRuns(1000), examples: [[day], [day - 1], [day / 2]] },
    );
    expect(schedule.dueBy(day)).toBe(51_000_000);
  });
});

describe.each([1, 2, 3, 7, 64])('%i parts', (count) => {
  const partsOf = (of: number): Part[] => Array.from({ length: of }, (_, index) => ({ index, count: of }));

  it('are together what one is, each slot once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 500 }), (devices, slots) => {
        const all: number[] = [];
        for (const part of partsOf(count)) {
          const cursor = new PartSlots(part, devices);
          for (; cursor.slot < slots; cursor.advance()) all.push(cursor.slot);
        }
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: slots }, (_, slot) => slot));
      }),
      propertyRuns(30),
    );
  });

  it('count to the whole after 10^12 events, and each slot has one owner', () => {
    const far = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), far, (devices, slots) => {
        const parts = partsOf(count).map((part) => new PartOrdinals(part, devices));
        expect(parts.reduce((sum, part) => sum + part.below(slots), 0)).toBe(slots);
        const owners = parts.filter((part) => part.owns(slots - 1));
        expect(owners.map((part) => part.slot(part.of(slots - 1)))).toEqual([slots - 1]);
      }),
      propertyRuns(50),
    );
  });
});
