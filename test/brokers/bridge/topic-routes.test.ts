import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientOf,
  filterCovers,
  filterMatches,
  filterProblem,
  filtersOverlap,
  TopicRoutes,
} from '../../../src/brokers/bridge/topic-routes.ts';
import { propertyRuns } from '../../property-runs.ts';

it.each([
  ['dht_temp', 'dht_temp', true],
  ['dht_temp', 'dht_temp/1', false],
  ['pir_test/+', 'pir_test/1', true],
  ['pir_test/+', 'pir_test', false],
  ['pir_test/+', 'pir_test/1/2', false],
  ['pir_test/#', 'pir_test', true],
  ['pir_test/#', 'pir_test/1/2', true],
  ['+/temp', 'a/temp', true],
  ['+/+', '/a', true],
  ['+', '/a', false],
  ['#', 'any/thing', true],
  ['#', '$SYS/uptime', false],
  ['+/uptime', '$SYS/uptime', false],
  ['$SYS/#', '$SYS/uptime', true],
])('%s and %s: %s', (filter, topic, matches) => {
  expect(filterMatches(filter, topic)).toBe(matches);
});

it.each([
  ['', 'a topic filter is not empty'],
  ['a/#/b', '"#" is the last level of a topic filter'],
  ['a/b+', '"b+": a wildcard stands alone in its level'],
  ['a\0', 'a topic filter cannot hold a zero byte'],
  ['a/+/#', null],
])('%j is no filter: %s', (filter, problem) => {
  expect(filterProblem(filter)).toBe(problem);
});

describe('two filters', () => {
  const level = fc.constantFrom('a', 'b', '');
  const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
  const filters = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'));

  it('overlap exactly where some topic matches both', () => {
    const words = ['a', 'b', ''];
    const all = (length: number): string[] =>
      length === 1 ? words : all(length - 1).flatMap((head) => words.map((word) => `${head}/${word}`));
    const every = [1, 2, 3, 4].flatMap(all);
    fc.assert(
      fc.property(filters, filters, (a, b) => {
        const common = every.some((topic) => filterMatches(a, topic) && filterMatches(b, topic));
        expect(filtersOverlap(a, b)).toBe(common);
      }),
      propertyRuns(300),
    );
  });

  it('cover another where they match all that it matches', () => {
    const words = ['a', 'b', 'c', ''];
    const all = (length: number): string[] =>
      length === 1 ? words : all(length - 1).flatMap((head) => words.map((word) => `${head}/${word}`));
    const every = [1, 2, 3, 4, 5].flatMap(all);
    fc.assert(
      fc.property(filters, filters, (wide, narrow) => {
        const matched = every.filter((topic) => filterMatches(narrow, topic));
        expect(filterCovers(wide, narrow)).toBe(matched.every((topic) => filterMatches(wide, topic)));
      }),
      propertyRuns(100),
    );
  });

  it('a topic goes where the first that matches it says, also when it is asked for again', () => {
    fc.assert(
      fc.property(fc.array(filters, { minLength: 1, maxLength: 4 }), fc.array(topics), (given, asked) => {
        const routes = new TopicRoutes(given.map((filter, i) => ({ filter, topic: `t${i}` })));
        for (const topic of [...asked, ...asked]) {
          const at = given.findIndex((filter) => filterMatches(filter, topic));
          expect(routes.topicFor(topic)).toBe(at < 0 ? null : `t${at}`);
        }
      }),
      propertyRuns(100),
    );
  });
});

it('a level of the topic names the client where that was said', () => {
  expect(clientOf('meters/m-7/reading', { level: 2 })).toBe('m-7');
  expect(clientOf('meters', { level: 2 })).toBeNull();
  expect(clientOf('meters/m-7', 'topic')).toBeNull();
});
