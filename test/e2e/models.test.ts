import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { iotload, scratch, summaryOf } from './iotload.ts';

let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
  cpSync(fileURLToPath(new URL('../fixtures/recordings/boiler.csv', import.meta.url)), space.path('boiler.csv'));
});
afterEach(() => space.remove());

const fields = `model: fields
    params: { t: { walk: { from: 10, to: 30, step: 0.2 } }, state: [idle, busy], key: { zipf: { n: 100 } }, of: { counter: {} } }
    payload: readings`;
const replay = (params: string): string => `model: replay
    params: { file: boiler.csv, time: time, ${params} }
    payload: readings`;

/** Runs a fleet over the file target; the lines it wrote, sorted. */
async function run(fleet: string, workers: number, rate: string): Promise<string[]> {
  const name = `w${workers}`;
  writeFileSync(
    space.path('case.yaml'),
    `iotload: 1
clock: { start: 2026-01-01T00:00:00Z }
run: { duration: 1s, drain: 5s }
fleets:
  f:
    devices: 30
    rate: ${rate}
    ${fleet}
target: { protocol: file, path: ${space.path(name)}/events.jsonl }
verify: { expect: exactly-once }
`,
  );
  const out = space.path(`out-${name}`);
  const args = ['run', space.path('case.yaml'), '--run-id', 'same', '--workers', `${workers}`, '--out', out];
  const { code, stdout } = await iotload(args, {}, space.dir);
  expect([code, stdout.slice(0, 4)]).toEqual([0, 'PASS']);
  const { events, delivery } = summaryOf(out);
  expect(delivery.verified).toBe(events.intended);
  return (
    readdirSync(space.path(name))
      .flatMap((file) => readFileSync(`${space.path(name)}/${file}`, 'utf8').split('\n'))
      .filter((line) => line !== '')
      // The id tells when the event was intended, which is another instant in every run.
      .map((line) => line.replace(/,"_id":.*/, ''))
      .sort()
  );
}

describe('the same bytes from 1, 2 and 7 workers, all verified', () => {
  it.each([
    ['fields', fields, 600],
    ['replay, looped', replay('per: fleet'), 600],
    ['replay, to its end', replay('loop: false'), 300],
    ['replay, of each device', replay('per: device'), 600],
    ['replay, as recorded, 60 times as fast', replay('warp: 60x, loop: false'), 300, 'recorded'],
    ['replay, as recorded, 180 times as fast, looped', replay('warp: 180x'), 903, 'recorded'],
  ])('%s', async (_, fleet, count, rate = '600/s') => {
    const [one, ...others] = [await run(fleet, 1, rate), await run(fleet, 2, rate), await run(fleet, 7, rate)];
    expect(one).toHaveLength(count);
    for (const other of others) expect(other).toEqual(one);
  });
});
