import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';

const folder = new URL('../fixtures/examples/', import.meta.url);
const env = { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x' };

/** What scenarios as their users write them ask for and this version does not build: everything else in them is understood. */
const later: Record<string, string[]> = { 'soak.yaml': ['fleets.boards.topic'] };

describe('examples', () => {
  it.each(readdirSync(folder))('%s is a plan, in each of its environments', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const environments = file === 'demo.yaml' ? [undefined, 'aws'] : [undefined];
    for (const environment of environments) {
      const named = environment === undefined ? {} : { environment };
      const outcome = await loadPlan({ text, file, env, set: [], allow: [], ...named });
      const found = outcome.ok ? [] : outcome.diagnostics;
      expect(found.map(({ path }) => path.join('.'))).toEqual(later[file] ?? []);
      for (const { code } of found) expect(code).toBe('not-supported');
    }
  });
});
