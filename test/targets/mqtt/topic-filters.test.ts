import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicFilters } from '../../../src/targets/mqtt/topic-filters.ts';

/** Whether `topic` matches `filter`, as MQTT 3.1.1 §4.7 says. */
function matches(filter: string, topic: string): boolean {
  const [levels, parts] = [filter.split('/'), topic.split('/')];
  for (const [i, level] of levels.entries()) {
    if (level === '#') return true;
    if (i >= parts.length || (level !== '+' && level !== parts[i])) return false;
  }
  return levels.length === parts.length;
}

describe('topicFilters', () => {
  it.each([
    [['meters/<device>/reading'], ['m-1'], ['meters/+/reading']],
    [['iotload/<run>/<device>'], ['m-1'], ['iotload/+/+']],
    [['a/client-<hex:12>x/b'], ['m'], ['a/+/b']],
    [['a/b', 'a/b'], ['x', 'y'], ['a/b']],
    [
      ['a/<device>', 'b/<device>'],
      ['x', 'y'],
      ['a/+', 'b/+'],
    ],
    [['a/<device>', 'a/fixed'], ['x', 'y'], ['a/+']],
    [['a/<device>/x', '<fleet>/b/x'], ['x', 'y'], ['+/+/x']],
    [['s/<device>/t'], ['site/7'], ['s/#']],
    [['s/<device>', 's/<fleet>'], ['site/7', 'x'], ['s/#']],
    [['literal <<b> <</<device>'], ['x'], ['literal <b> </+']],
    [['/a//<device>/'], ['x'], ['/a//+/']],
    [['plain'], ['x'], ['plain']],
  ])('%j with devices like %j: %j', (templates, deviceIds, filters) => {
    expect(topicFilters(templates, deviceIds)).toEqual(filters);
  });

  it('matches every topic of every template by exactly one filter', () => {
    const level = fc.constantFrom('a', 'b', 'c', '<device>', 'x-<index:04>', '<run>');
    const template = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
    const id = fc.constantFrom('d-1', 'a', 'site/d-1');
    fc.assert(
      fc.property(fc.array(fc.tuple(template, id), { minLength: 1, maxLength: 5 }), (fleets) => {
        const filters = topicFilters(
          fleets.map(([text]) => text),
          fleets.map(([, device]) => device),
        );
        for (const [text, device] of fleets) {
          const topic = text.replaceAll('<device>', device).replaceAll('<index:04>', '0001').replaceAll('<run>', 'b');
          expect(filters.filter((filter) => matches(filter, topic))).toHaveLength(1);
        }
      }),
    );
  });
});
