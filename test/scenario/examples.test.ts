import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';

const folder = new URL('../fixtures/examples/', import.meta.url);
const env = { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x' };

/** What scenarios as their users write them ask for and this version does not build: everything else in them is understood. */
const later = [
  'capacity',
  'fleets.boards.payload.identity',
  'fleets.boards.topic',
  'fleets.meters.payload.identity',
  'outputs.formats',
];

/** Those that everything is built for. */
const whole = ['demo.yaml'];

describe('examples', () => {
  it.each(whole)('%s is a plan, in each of its environments', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    for (const environment of [undefined, 'aws']) {
      const named = environment === undefined ? {} : { environment };
      expect(await loadPlan({ text, file, env, set: [], allow: [], ...named })).toMatchObject({ ok: true });
    }
  });

  it.each(readdirSync(folder).filter((file) => !whole.includes(file)))(
    '%s is refused only for what is not built yet, each by its name and place',
    async (file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const outcome = await loadPlan({ text, file, env, set: [], allow: [] });
      const found = outcome.ok ? [] : outcome.diagnostics;
      expect(found.length).toBeGreaterThan(0);
      for (const { code, message, range, path } of found) {
        expect(code, message).toBe('not-supported');
        expect(message).toMatch(/ is not supported yet$/);
        expect(range).not.toBeNull();
        expect(later, message).toContain(path.join('.'));
      }
    },
  );
});
