import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capacityJsonSchema, capacitySchema } from '../../src/capacity/capacity-schema.ts';
import { exampleSearch } from './example-search.ts';

const published = new URL('../../scenarios/capacity.schema.json', import.meta.url);

describe('the schema of capacity.json', () => {
  it('is published as it is', () => {
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(capacityJsonSchema())));
  });

  it('accepts what searches write, found or not', () => {
    for (const result of [
      exampleSearch(),
      exampleSearch({ full: 1000 }),
      exampleSearch({ about: { provisionFor: null } }),
    ])
      expect(() => capacitySchema.parse(JSON.parse(JSON.stringify(result)))).not.toThrow();
  });

  it.each<[string, object]>([
    ['another version', { schema: 'iotload/capacity/2' }],
    ['a key nobody knows', { extra: 1 }],
    ['half a trial', { finding: { ...exampleSearch().finding, steps: 1.5 } }],
    ['a load below nothing', { knee: -1 }],
    ['a verdict of runs that searches do not have', { verdict: 'error' }],
  ])('refuses %s', (_, change) => {
    expect(capacitySchema.safeParse({ ...exampleSearch(), ...change }).success).toBe(false);
  });
});
