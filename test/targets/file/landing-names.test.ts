import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LandingNames } from '../../../src/targets/file/landing-names.ts';

const names = new LandingNames('events', '.jsonl', 'r1');
const alone = { index: 0, count: 1 };
const second = { index: 1, count: 4 };

describe('LandingNames', () => {
  it('hold run, part and number', () => {
    expect(names.nameOf(alone, 7)).toBe('events-r1-000007.jsonl');
    expect(names.nameOf(second, 12_345_678)).toBe('events-r1-1-of-4-12345678.jsonl');
    expect(names.markerOf(alone, 1)).toBe('.events-r1.1.probe');
    expect(names.markerOf(second, 2)).toBe('.events-r1-1-of-4.2.probe');
    expect(names.patternOf(1)).toBe('events-r1-*.jsonl');
    expect(names.patternOf(4)).toBe('events-r1-*-of-4-*.jsonl');
  });

  it('are read back, and begin as they say', () => {
    const part = fc
      .integer({ min: 2, max: 64 })
      .chain((count) => fc.record({ index: fc.nat(count - 1), count: fc.constant(count) }));
    fc.assert(
      fc.property(fc.oneof(fc.constant(alone), part), fc.integer({ min: 1, max: 1e9 }), (part, number) => {
        expect(names.read(names.nameOf(part, number))).toEqual({ part, kind: 'events', number });
        expect(names.read(names.markerOf(part, number))).toEqual({ part, kind: 'markers', number });
        for (const name of [names.nameOf(part, number), names.markerOf(part, number)])
          expect(names.beginnings.some((beginning) => name.startsWith(beginning))).toBe(true);
      }),
    );
  });

  it.each([
    'events-000001.jsonl',
    'events-r2-000001.jsonl',
    'events-r1-1.jsonl',
    'events-r1-000001.csv',
    'events-r1-x-000001.jsonl',
    'events-r1-1-of-x-000001.jsonl',
    '.events-r1-000001.jsonl.part',
    'events-r11-000001.jsonl',
    'events-r1.1.probe',
    '.events-r1.probe',
  ])('do not take %s for one of them', (name) => {
    expect(names.read(name)).toBeNull();
  });
});
