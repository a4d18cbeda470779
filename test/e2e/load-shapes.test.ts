import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { iotload, summaryOf } from './iotload.ts';

const space = inScratch();

function shaped(speed: string, path: string, duration: string, identity: string): string {
  return `iotload: 1
seed: 3
clock: { start: "2026-03-01T18:00:00Z", speed: ${speed} }
run: { duration: ${duration}, drain: 5s }
fleets:
  meters:
    model: phone-motion
    devices: 300
    rate: 100/min
    arrivals: poisson
    profile:
      - { ramp: [10%, 100%], for: 20% }
      - { sine: [60%, 140%], period: 24h, peak_at: 20h, for: 60% }
      - { steps: [300%, 50%], each: 1h }
    payload: { fields: { meter: <device>, n: <sequence>, at: <time.iso>, x: <x> }, identity: ${identity} }
  boards: { model: phone-motion, devices: 7, rate: 30/min, payload: { fields: { board: <device>, at: <time.iso> }, identity: none } }
target: { protocol: file, path: ${path} }
`;
}

/** Digest of all lines of all parts, whatever their order. */
function digestOf(dir: string): string {
  const lines = readdirSync(dir).flatMap((name) => readFileSync(`${dir}/${name}`, 'utf8').split('\n'));
  const sorted = lines.filter((line) => line !== '').sort();
  expect(sorted.length).toBeGreaterThan(1000);
  return createHash('sha256').update(sorted.join('\n')).digest('hex');
}

async function linesOf(speed: string, duration: string, workers: number): Promise<string> {
  const name = `${speed}-${workers}`;
  writeFileSync(space.path(`${name}.yaml`), shaped(speed, `${space.dir}/${name}/events.jsonl`, duration, 'none'));
  const args = ['--run-id', 'same', '--no-verify', '--progress', 'none', '--workers', `${workers}`];
  const { code, stderr } = await iotload([
    'run',
    space.path(`${name}.yaml`),
    ...args,
    '--out',
    space.path(`o-${name}`),
  ]);
  expect(code, stderr).toBe(0);
  return digestOf(space.path(name));
}

describe('load shapes', () => {
  it.each([
    ['43200x', '2s'],
    ['max', '24h'],
  ])('at %s are the same events on 1 and 3 workers', async (speed, duration) => {
    const expected = await linesOf(speed, duration, 1);
    expect(await linesOf(speed, duration, 3)).toBe(expected);
  });

  it('unpaced is verified event by event, and says that nothing was paced', async () => {
    const text = shaped('max', space.path('events.jsonl'), '48h', 'fields').replace(
      'identity: none',
      'identity: fields',
    );
    writeFileSync(space.path('case.yaml'), text);
    const { code, stdout, stderr } = await iotload([
      ...['run', space.path('case.yaml'), '--workers', '2', '--out', space.path('out')],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('achieved, unpaced');
    const { events, delivery, rate, latency } = summaryOf(space.path('out'));
    expect(events.intended).toBeGreaterThan(250_000);
    expect(events.acked).toBe(events.intended);
    expect(delivery).toMatchObject({ verified: events.intended, duplicates: 0, reordered: 0, corrupt: 0, missing: 0 });
    expect(rate.targetPerSecond).toBe(0);
    expect([latency.scheduleLag.count, latency.endToEnd.count]).toEqual([0, 0]);
    expect(latency.responseTime.count).toBe(events.intended);
  });
});
