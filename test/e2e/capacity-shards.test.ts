import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startKinesisBroker } from '../../src/brokers/kinesis/embedded-kinesis-broker.ts';
import type { CapacityResult } from '../../src/capacity/capacity-result.ts';
import { inScratch } from './in-scratch.ts';
import { start } from './iotload.ts';

const space = inScratch();
/** Until both processes are there. */
const LEAD_MS = 10_000;

describe('iotload capacity in two processes', () => {
  it('walks one ladder, and merge says what it proves', async () => {
    const broker = await startKinesisBroker();
    const file = space.scenario(`iotload: 1
run: { warm_up: 1s, drain: 20s }
fleets:
  boards: { model: sensor-board, devices: 400, rate: 500/s, payload: sketch-temperature-traced, key: <device> }
target: { protocol: kinesis, endpoint: "${broker.endpoint}", stream: narrow, create: { shards: 1 } }
verify: { grace: 10s }
thresholds: [response_time p50 < 30s]
outputs: { formats: [] }
capacity: { from: 700/s, to: 2100/s, hold: 3s, precision: 80% }
`);
    const common = ['--run-id', 'walk', '--start-at', new Date(Date.now() + LEAD_MS).toISOString()];
    const shards = [0, 1].map((shard) => {
      const out = ['--shard', `${shard}/2`, '--out', space.path(`${shard}`)];
      return start(['capacity', file, ...out, ...common, '--workers', '1', '--progress', 'none'], {
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      }).finished;
    });
    try {
      for (const { code, stderr } of await Promise.all(shards))
        expect([code, stderr]).toEqual([0, expect.stringContaining('merge')]);
    } finally {
      await broker.stop();
    }
    const { code, stdout, stderr } = await space.here('merge', '0', '1', '--out', 'all', '--json');
    expect(code, `${stdout}${stderr}`).toBe(0);
    const result = JSON.parse(stdout) as CapacityResult;
    expect(JSON.parse(readFileSync(space.path('all/capacity.json'), 'utf8'))).toEqual(result);
    const { steps, finding } = result;
    expect(steps.map(({ level, purpose, verdict }) => [level, purpose, verdict])).toEqual([
      [700, 'ladder', 'holds'],
      // A shard takes a second's worth more at once.
      [1212, 'ladder', expect.stringMatching(/holds|breaks/)],
      [2100, 'ladder', 'breaks'],
    ]);
    expect(finding).toMatchObject({ ending: 'found', limit: { kind: 'target' } });
    expect(steps[0]?.offeredPerSecond).toBeCloseTo(700, -1);
  });
});
