import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import {
  compareAccusations,
  compareDelivery,
  compareEvents,
  type NamedFinding,
} from '../../src/selftest/compare-counts.ts';
import { expectedOf } from '../../src/selftest/expected.ts';
import { truthOf } from './truth.ts';

const truth = truthOf(1000, { lose: [3, 5], double: [7] }, { passed: 999 });
const expected = expectedOf(1000, truth, { absence: 'missing', repeats: false });
const result = {
  events: expected.events,
  delivery: { identity: 'fields', expect: 'at-least-once', lossUpperBound95: 0.006, ...expected.delivery },
} as Pick<RunResult, 'events' | 'delivery'>;
const findings: NamedFinding[] = [
  { kind: 'duplicate', slot: 7 },
  { kind: 'missing', slot: 5 },
  { kind: 'missing', slot: 3 },
];

describe('a run that reports the truth', () => {
  it('has nothing against it, in whatever order it names what it found', () => {
    expect([...compareEvents(result, expected, truth), ...compareDelivery(result, findings, expected, truth)]).toEqual(
      [],
    );
  });
});

describe('a run that does not', () => {
  it.each(Object.keys(expected.events))('is found out by events.%s', (key) => {
    const events = { ...result.events, [key]: -1 };
    expect(compareEvents({ events }, expected, truth)).toContainEqual(
      expect.stringContaining(`events.${key}: -1 reported`),
    );
  });

  it.each(Object.keys(expected.delivery))('is found out by delivery.%s', (key) => {
    const delivery = { ...result.delivery, [key]: null };
    expect(compareDelivery({ delivery }, findings, expected, truth)).toContainEqual(
      expect.stringContaining(`delivery.${key}: null reported`),
    );
  });

  it('is found out by an event that it does not name, names wrongly, or twice', () => {
    const named = (...slots: number[]): string[] =>
      compareDelivery(
        result,
        [{ kind: 'duplicate', slot: 7 }, ...slots.map((slot): NamedFinding => ({ kind: 'missing', slot }))],
        expected,
        truth,
      );
    expect(named(3)).toEqual(['missing: not named, though it suffered it: slot 5']);
    expect(named(3, 4)).toEqual([
      'missing: not named, though it suffered it: slot 5',
      'missing: named, though nobody touched it: slot 4',
    ]);
    expect(named(3, 5, 5)).toEqual(['missing: 1 named more than once']);
    expect(named(3, 5, 10, 11, 12, 13, 14, 15)[0]).toBe(
      'missing: named, though nobody touched it: slot 10, 11, 12, 13, 14 and 1 more',
    );
  });

  it('is found out by who counts what passes', () => {
    expect(compareEvents(result, expected, { came: 999 })).toEqual(['events.sent: 1000 reported, 999 in truth']);
    expect(compareDelivery(result, findings, expected, { passed: 998 })).toEqual([
      'delivery.received: 999 reported, 998 in truth',
    ]);
  });
});

describe('a verifier that was not there all the time', () => {
  it('may have missed events, and may accuse nobody of what did not happen', () => {
    const missed = { ...result.delivery, verified: 400, missing: 598, received: 401 };
    expect(compareAccusations({ delivery: missed }, expected)).toEqual([]);
    for (const key of ['lost', 'duplicates', 'reordered', 'corrupt', 'phantom', 'foreign'])
      expect(compareAccusations({ delivery: { ...missed, [key]: 9 } }, expected)).toHaveLength(1);
  });
});
