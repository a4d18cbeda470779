import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summaryJsonSchema, summarySchema } from '../../src/metrics/summary-schema.ts';
import { testDelivery, testResult } from './test-result.ts';

const published = new URL('../../scenarios/summary.schema.json', import.meta.url);

describe('the schema of summary.json', () => {
  it('is published as it is', () => {
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(summaryJsonSchema())));
  });

  it('accepts a result', () => {
    expect(() => summarySchema.parse(JSON.parse(JSON.stringify(testResult())))).not.toThrow();
    const unidentified = testDelivery({ duplicates: null, reordered: null, corrupt: null, permittedDuplicates: null });
    expect(() => summarySchema.parse(testResult({ delivery: unidentified }))).not.toThrow();
  });

  it.each<[string, object]>([
    ['another version', { schema: 'iotload/summary/2' }],
    ['a verdict that is no word', { verdict: true }],
    ['a key nobody knows', { extra: 1 }],
    ['half an event', { events: { ...testResult().events, lost: 0.5 } }],
    ['a negative count', { delivery: testDelivery({ lost: -1 }) }],
    ['a shard that is none', { run: { ...testResult().run, shard: 'first' } }],
  ])('refuses %s', (_, change) => {
    expect(summarySchema.safeParse({ ...testResult(), ...change }).success).toBe(false);
  });
});
