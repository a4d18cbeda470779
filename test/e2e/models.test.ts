import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import { iotload, scratch, summaryOf } from './iotload.ts';

const fields = `model: fields
    params: { t: { walk: { from: 10, to: 30, step: 0.2 } }, state: [idle, busy], key: { zipf: { n: 100 } }, of: { counter: {} } }
    payload: readings`;
const replay = (params: string): string => `model: replay
    params: { file: boiler.csv, time: time, ${params} }
    payload: readings`;

const cases: readonly (readonly [name: string, fleet: string, count: number, rate?: string])[] = [
  ['fields', fields, 600],
  ['replay, looped', replay('per: fleet'), 600],
  ['replay, to its end', replay('loop: false'), 300],
  ['replay, of each device', replay('per: device'), 600],
  ['replay, as recorded, 60 times as fast', replay('warp: 60x, loop: false'), 300, 'recorded'],
  ['replay, as recorded, 180 times as fast, looped', replay('warp: 180x'), 903, 'recorded'],
];

/** What one run made of all fleets: of each the lines it wrote, sorted. */
interface Written {
  lines: string[][];
  fleets: RunResult['fleets'];
}

/** Runs all fleets beside each other over the file target. */
async function run(space: ReturnType<typeof scratch>, workers: number): Promise<Written> {
  const name = `w${workers}`;
  const fleets = cases.map(
    ([, fleet, , rate = '600/s'], i) => `  f${i}:\n    devices: 30\n    rate: ${rate}\n    ${fleet}\n`,
  );
  writeFileSync(
    space.path('case.yaml'),
    `iotload: 1
clock: { start: 2026-01-01T00:00:00Z }
run: { duration: 1s, drain: 5s }
fleets:
${fleets.join('')}target: { protocol: file, path: ${space.path(name)}/events.jsonl }
verify: { expect: exactly-once }
`,
  );
  const out = space.path(`out-${name}`);
  const args = ['run', space.path('case.yaml'), '--run-id', 'same', '--workers', `${workers}`, '--out', out];
  const { code, stdout } = await iotload(args, {}, space.dir);
  expect([code, stdout.slice(0, 4)]).toEqual([0, 'PASS']);
  const { events, delivery, fleets: results } = summaryOf(out);
  expect(delivery.verified).toBe(events.intended);
  const lines: string[][] = cases.map(() => []);
  for (const file of readdirSync(space.path(name))) {
    for (const line of readFileSync(`${space.path(name)}/${file}`, 'utf8').split('\n')) {
      if (line === '') continue;
      // The id tells of which fleet the event is, and when it was intended, which is another instant in every run.
      const [, readings = '', fleet = ''] = /^(.*),"_id":"[0-9a-f]+-([0-9a-f]+)-/.exec(line) ?? [];
      lines[Number.parseInt(fleet, 16)]?.push(readings);
    }
  }
  for (const fleet of lines) fleet.sort();
  return { lines, fleets: results };
}

describe('the same bytes from 1, 2 and 7 workers, all verified', () => {
  const space = scratch();
  const runs: Written[] = [];
  beforeAll(async () => {
    cpSync(fileURLToPath(new URL('../fixtures/recordings/boiler.csv', import.meta.url)), space.path('boiler.csv'));
    for (const workers of [1, 2, 7]) runs.push(await run(space, workers));
  });
  afterAll(() => space.remove());

  it.each(cases.map(([name, , count], fleet) => ({ name, count, fleet })))('$name', ({ count, fleet }) => {
    const [one, ...others] = runs.map(({ lines }) => lines[fleet]);
    expect(others).toHaveLength(2);
    expect(one).toHaveLength(count);
    for (const other of others) expect(other).toEqual(one);
    for (const { fleets } of runs) {
      const { events, delivery } = fleets[fleet] as RunResult['fleets'][number];
      expect([events.intended, delivery.verified]).toEqual([count, count]);
    }
  });
});
