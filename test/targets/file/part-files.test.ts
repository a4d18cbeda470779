import { describe, expect, it } from 'vitest';
import { PartFiles } from '../../../src/targets/file/part-files.ts';

const files = new PartFiles({ path: '/lake/events.jsonl' });
const alone = { index: 0, count: 1 };
const second = { index: 1, count: 4 };

describe('PartFiles', () => {
  it('names files so that what wrote them can be read from their names', () => {
    expect(files.pathOf(alone)).toBe('/lake/events.jsonl');
    expect(files.pathOf(second)).toBe('/lake/events-1-of-4.jsonl');
    expect(files.read('events.jsonl')).toEqual(alone);
    expect(files.read('events-1-of-4.jsonl')).toEqual(second);
  });

  it.each([
    'events.json',
    'events-old.jsonl',
    'my-events.jsonl',
    'events-1-of-x.jsonl',
    'events-r1-000001.jsonl',
    '.events.jsonl',
    'event.jsonl',
  ])('does not take %s for one of them', (name) => {
    expect(files.read(name)).toBeNull();
  });

  it('has one pattern for all files of a run', () => {
    expect(files.patternOf(1)).toBe('/lake/events.jsonl');
    expect(files.patternOf(4)).toBe('/lake/events-*-of-4.jsonl');
  });

  it('tells a short name from what is added to it', () => {
    const bare = new PartFiles({ path: '/lake/a' });
    expect(bare.read('a')).toEqual(alone);
    expect(bare.read('a-1-of-4')).toEqual(second);
    expect(bare.read('b')).toBeNull();
  });
});
