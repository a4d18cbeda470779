import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { CapacityResult } from '../../src/capacity/capacity-result.ts';
import { inScratch } from './in-scratch.ts';
import { start, summaryOf } from './iotload.ts';

const space = inScratch();

/** A shard takes 1000 records a second, and a second's worth at once. So late a generator is no reason to doubt that, however busy this machine is. */
function narrow(capacity: string): string {
  return space.scenario(`iotload: 1
run: { warm_up: 500ms, drain: 20s }
fleets:
  boards: { model: sensor-board, devices: 400, rate: 500/s, payload: sketch-temperature-traced, key: <device> }
target: { protocol: kinesis, endpoint: embedded, stream: narrow, create: { shards: 1 } }
verify: { grace: 10s }
thresholds: [response_time p50 < 30s]
outputs: { formats: [] }
capacity: { ${capacity} }
`);
}

function found(out: string): CapacityResult {
  return JSON.parse(readFileSync(`${out}/capacity.json`, 'utf8')) as CapacityResult;
}

describe('iotload capacity', () => {
  it('finds what a target takes, goes on where it was stopped, and leaves an ordinary result for each load', async () => {
    const [file, out] = [narrow('from: 800/s, to: 1500/s, hold: 3s, precision: 40%, confirm: 1'), space.path('out')];
    const args = ['capacity', file, '--out', out, '--progress', 'plain', '--workers', '1'];
    const stopped = start(args);
    await stopped.said(/step 2 of/);
    stopped.interrupt();
    expect((await stopped.finished).code).toBe(130);
    expect(found(out)).toMatchObject({
      verdict: 'inconclusive',
      finding: { ending: 'cut short', steps: 1, interval: null },
    });

    const { code, stdout, stderr } = await start([...args, '--resume', '--json']).finished;
    expect(stderr).not.toMatch(/^step 1 of/m);
    const result = JSON.parse(stdout) as CapacityResult;
    expect(result).toEqual(found(out));
    const { finding, steps } = result;
    expect([code, finding.ending], JSON.stringify(steps.map(({ level, reasons }) => [level, reasons]))).toEqual([
      0,
      'found',
    ]);
    expect(finding.highestHeld?.level).toBeLessThanOrEqual((1000 * 3.5 + 1000) / 3.5);
    expect(finding.lowestBroke?.level).toBeGreaterThanOrEqual(1000);
    expect(finding.limit).toEqual({ kind: 'target', what: 'no room at shardId-000000000000' });
    expect(readdirSync(`${out}/steps`)).toEqual(steps.map(({ dir }) => dir.replace('steps/', '')));
    for (const { dir, level } of steps) expect(summaryOf(`${out}/${dir}`).rate.targetPerSecond).toBeCloseTo(level, -1);
  });

  it('says at once that the least that was asked for is too much: exit 1', async () => {
    const file = narrow('from: 2k/s, to: 3k/s, hold: 2s, confirm: 1');
    const { code, stdout } = await space.here('capacity', file, '--out', 'out', '--workers', '1');
    expect(code, stdout).toBe(1);
    expect(found(space.path('out'))).toMatchObject({
      verdict: 'fail',
      finding: { ending: 'breaks at once', highestHeld: null },
    });
  });

  it('leaves nothing of a search whose target is not there: exit 4', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const file = narrow('from: 600/s, to: 1k/s, hold: 1s');
    const target = `{protocol: mqtt, endpoint: "mqtt://127.0.0.1:${port}"}`;
    const set = [`target=${target}`, 'fleets.boards.key=null'].flatMap((each) => ['--set', each]);
    const { code, stderr } = await space.here('capacity', file, '--out', 'out', '--workers', '1', ...set);
    expect(code, stderr).toBe(4);
    expect(existsSync(space.path('out'))).toBe(false);
  });

  it('is refused before anything is sent', async () => {
    const elsewhere = [
      '--set',
      'target={protocol: mqtt, endpoint: "mqtt://broker.example.com"}',
      '--set',
      'fleets.boards.key=null',
    ];
    const file = narrow('from: 600/s, to: 1k/s, hold: 1s');
    const unsafe = await space.asked('capacity', file, ...elsewhere, '--set', 'capacity.to=5k/s', '--duration', '1m');
    expect([unsafe.code, unsafe.stderr]).toEqual([6, expect.stringContaining('allow: ["broker.example.com:1883"]')]);
    expect(unsafe.stderr).toMatch(/5k\/s is more than the 1k\/s/);
    const named = await space.asked('capacity', file, '--resume');
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('--out DIR --resume')]);
    const unpaced = await space.asked('capacity', 'turbine-landing');
    expect([unpaced.code, unpaced.stderr]).toEqual([2, expect.stringMatching(/nothing is paced/)]);
  });
});
