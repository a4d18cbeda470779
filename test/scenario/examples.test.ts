import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';

const folder = new URL('../fixtures/examples/', import.meta.url);
const env = { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x' };

/** Scenarios as their users write them. */
const examples = ['capacity.yaml', 'demo.yaml', 'everything.yaml', 'soak.yaml'];

describe('the four examples of what a scenario can say', () => {
  it('are all there', () => {
    expect(readdirSync(folder).sort()).toEqual(examples);
  });

  it.each(examples)('%s is a plan, in each of its environments', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const environments = file === 'demo.yaml' ? [undefined, 'aws'] : [undefined];
    for (const environment of environments) {
      const named = environment === undefined ? {} : { environment };
      const outcome = await loadPlan({ text, file, env, set: [], allow: [], ...named });
      expect(outcome.ok ? [] : outcome.diagnostics).toEqual([]);
    }
  });
});
