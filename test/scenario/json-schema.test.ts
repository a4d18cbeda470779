import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts';

describe('scenarioJsonSchema', () => {
  it('is what the committed file holds (npm run schema writes it)', async () => {
    const committed = readFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), 'utf8');
    expect(`${JSON.stringify(await scenarioJsonSchema(), null, 2)}\n`).toBe(committed);
  });

  it('knows the block of every target', async () => {
    const schema = JSON.stringify(await scenarioJsonSchema());
    for (const key of ['"discard"', '"file"', '"kafka"', '"mqtt"', '"keep_alive"', '"warm_up"']) {
      expect(schema).toContain(key);
    }
  });

  it('lets a reference to the environment stand where a number or a unit is asked for', async () => {
    const schema = (await scenarioJsonSchema()) as { properties: Record<string, { anyOf?: unknown[] }> };
    expect(schema.properties['seed']?.anyOf).toContainEqual({ type: 'string', pattern: '\\$\\{' });
  });
});
