import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { iotload, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

const fields = '{ device: <device>, at: <time.iso>, place: { room: \'3, "left"\', no: <index> }, note: null }';

async function run(target: string, identity: string): Promise<void> {
  const payload = `{ codec: csv, fields: ${fields}, identity: ${identity} }`;
  writeFileSync(space.path('case.yaml'), phones({ target, payload, duration: '1s', rate: '500/s' }));
  const { code, stderr, stdout } = await iotload([
    ...['run', space.path('case.yaml'), '--workers', '2', '--out', space.path('out')],
  ]);
  expect(stderr + stdout).toContain('PASS');
  expect(code).toBe(0);
  const { events, delivery } = summaryOf(space.path('out'));
  expect([events.intended, events.acked, delivery.verified]).toEqual([500, 500, 500]);
  expect([delivery.lost, delivery.duplicates, delivery.corrupt, delivery.reordered]).toEqual([0, 0, 0, 0]);
}

describe('rows of csv', () => {
  it.each(['fields', 'derived'])(
    'go into files under one line of names, and pass with identity: %s',
    async (identity) => {
      await run(`{ protocol: file, path: ${space.path('events.csv')}, format: csv }`, identity);
      const files = readdirSync(space.dir).filter((name) => /^events.*\.csv$/.test(name));
      expect(files.length).toBeGreaterThan(0);
      const rows = files.flatMap(
        (name) => parse(readFileSync(space.path(name)), { columns: true }) as Record<string, string>[],
      );
      expect(rows).toHaveLength(500);
      const id = identity === 'fields' ? ['_id'] : [];
      for (const row of rows) {
        expect(Object.keys(row)).toEqual(['device', 'at', 'place.room', 'place.no', 'note', ...id]);
        expect(row['place.room']).toBe('3, "left"');
        expect(row['note']).toBe('');
        expect(row['device']).toBe(`phones-${row['place.no']}`);
      }
      expect(new Set(rows.map((row) => `${row['device']} ${row['at']}`)).size).toBe(500);
    },
  );

  it.each(['fields', 'derived'])('pass over MQTT with identity: %s', async (identity) => {
    await run('{ protocol: mqtt, endpoint: embedded }', identity);
  });
});
