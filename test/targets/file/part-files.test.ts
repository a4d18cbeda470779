import { describe, expect, it } from 'vitest';
import { PartFiles } from '../../../src/targets/file/part-files.ts';

const single = new PartFiles({ path: '/lake/events.jsonl' });
const rolled = new PartFiles({ path: '/lake/events.jsonl', roll: { maxBytes: 1, everyUs: null } });
const alone = { index: 0, count: 1 };
const second = { index: 1, count: 4 };

describe('PartFiles', () => {
  it('names files so that what wrote them can be read from their names', () => {
    expect(single.nameOf(alone, null)).toBe('events.jsonl');
    expect(single.nameOf(second, null)).toBe('events-1-of-4.jsonl');
    expect(rolled.nameOf(alone, 7)).toBe('events-000007.jsonl');
    expect(rolled.nameOf(second, 12_345_678)).toBe('events-1-of-4-12345678.jsonl');
    expect(rolled.temporaryPathOf(second, 7)).toBe('/lake/.events-1-of-4-000007.jsonl.part');
    for (const part of [alone, second]) {
      for (const sequence of [null, 1, 12_345_678]) {
        expect(rolled.read(rolled.nameOf(part, sequence))).toEqual({ part, sequence, temporary: false });
      }
    }
    expect(rolled.read('.events-1-of-4-000007.jsonl.part')).toEqual({ part: second, sequence: 7, temporary: true });
  });

  it.each([
    'events.json',
    'events-old.jsonl',
    'my-events.jsonl',
    'events-1-of-x.jsonl',
    'events-1.jsonl',
    '.events.jsonl.part',
    '.events-000001.jsonl',
    'events-000001.jsonl.part',
    'event.jsonl',
  ])('does not take %s for one of them', (name) => {
    expect(single.read(name)).toBeNull();
    expect(rolled.read(name)).toBeNull();
  });

  it('has one pattern for all files of a run', () => {
    expect(single.patternOf(1)).toBe('/lake/events.jsonl');
    expect(single.patternOf(4)).toBe('/lake/events-*-of-4.jsonl');
    expect(rolled.patternOf(1)).toBe('/lake/events-*.jsonl');
    expect(rolled.patternOf(4)).toBe('/lake/events-*-of-4-*.jsonl');
  });

  it('tells a short name from what is added to it', () => {
    const bare = new PartFiles({ path: '/lake/a' });
    expect(bare.read('a')).toEqual({ part: alone, sequence: null, temporary: false });
    expect(bare.read('a-1-of-4')).toEqual({ part: second, sequence: null, temporary: false });
    expect(bare.read('b')).toBeNull();
  });
});
