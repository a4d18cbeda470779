import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inScratch } from '../e2e/in-scratch.ts';
import { iotload, summaryOf } from '../e2e/iotload.ts';
import { phones } from '../e2e/scenario-text.ts';
import { readParquet } from './pyarrow/read-parquet.ts';

const space = inScratch();

const fields =
  '{ device: <device>, at: <time.iso>, utc: <time.utc:3>, s: <time.s:3>, n: <index>, q: <sequence>, m: <magnitude:2>, ' +
  'text: "größer, \\"<magnitude>\\"", acc: { m: <magnitude:1>, v: [<magnitude:1>, <magnitude:3>] }, site: lisbon, ok: true, none: null }';

/** Lands the same events in a format; resolves with the paths of the files. */
async function land(format: string, payload: string): Promise<string[]> {
  const target = `{ protocol: file, format: ${format}, path: ${space.path(format)}/, roll: { size: 256KiB } }`;
  const text = phones({ rate: '2000/s', duration: '10s', payload, target, start: '"2026-03-01T00:00:00Z"' });
  const file = space.scenario(text.replace('clock: { ', 'clock: { speed: max, '), `${format}.yaml`);
  const { code, stdout } = await iotload(['run', file, '--run-id', 'same', '--out', space.path(`out-${format}`)]);
  expect(stdout).toContain('PASS');
  expect(code).toBe(0);
  expect(summaryOf(space.path(`out-${format}`)).delivery).toMatchObject({
    verified: 20_000,
    corrupt: 0,
    duplicates: 0,
  });
  return readdirSync(space.path(format))
    .sort()
    .map((name) => space.path(`${format}/${name}`));
}

describe('landed Parquet, read by Apache Arrow', () => {
  it('holds the values of the same events landed as JSON lines, under the types one expects', async () => {
    const payload = `{ codec: json, fields: ${fields}, identity: derived }`;
    const parquet = await land('parquet', payload);
    const lines = await land('lines', payload);
    expect(parquet.length).toBeGreaterThan(2);
    const { types, rows } = await readParquet(parquet);
    expect(types).toEqual({
      device: 'string',
      at: 'timestamp[ms, tz=UTC]',
      utc: 'timestamp[ms, tz=UTC]',
      s: 'double',
      n: 'int32',
      q: 'int64',
      m: 'double',
      text: 'string',
      acc: 'struct<m: double, v: list<element: double> not null>',
      site: 'string',
      ok: 'bool',
      none: 'string',
    });
    const expected = lines
      .flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map((row) => ({ ...row, utc: `${String(row['utc']).replace(' ', 'T')}Z` }));
    expect(rows).toEqual(expected);
  });

  it('holds a payload that is no text as it is, and whose it is', async () => {
    const payload = '{ codec: cbor, fields: { device: <device>, at: <time.ms>, m: <magnitude:2> }, identity: fields }';
    const { types, rows } = await readParquet(await land('parquet', payload));
    expect(types).toEqual({ fleet: 'string', slot: 'int64', payload: 'binary' });
    expect(rows.map(({ slot }) => slot)).toEqual(Array.from({ length: 20_000 }, (_, slot) => slot));
  });
});
