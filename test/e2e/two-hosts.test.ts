import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { answer, iotload, scratch, start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = scratch();
const [sent, seen] = [space.path('sent'), space.path('seen')];
// So wide that a busy machine is within them, too.
const bounds = ['end_to_end p50 < 1h', 'end_to_end max <= 20m', 'lost == 0'];
let broker: EmbeddedBroker;

/** Changes the plan that a process left behind. */
function alter(dir: string, change: object): void {
  const file = `${dir}/plan.json`;
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

async function settled(...flags: string[]) {
  const { stdout } = await answer(['verify', sent, '--seen', seen, ...flags]);
  const summary = summaryOf(sent);
  const statuses = bounds.map((bound) => summary.checks.find(({ name }) => name === bound)?.status);
  return { stdout, summary, statuses };
}

beforeAll(async () => {
  broker = await startMqttBroker();
  const file = space.path('apart.yaml');
  const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}" }`;
  writeFileSync(file, phones({ duration: '1s', target, more: `thresholds: ${JSON.stringify(bounds)}` }));
  const common = [file, '--run-id', 'apart'];
  const verifier = start(['verify', ...common, '--sent', sent, '--out', seen]);
  await verifier.said(/reading run apart/);
  await iotload(['run', ...common, '--no-verify', '--out', sent, '--progress', 'none']);
  await verifier.finished;
});
afterAll(async () => {
  await broker.stop();
  space.remove();
});

describe('a verifier that was started by hand', () => {
  it.runIf(process.platform === 'linux')('on the host of the run knows its clock', async () => {
    const { summary, statuses } = await settled();
    expect(summary.clock?.endToEndBoundUs).toBe(0);
    expect(summary.latency.endToEnd.count).toBe(500);
    expect(summary.latency.endToEnd.p50).toBeGreaterThan(0);
    expect(statuses).toEqual(['pass', 'pass', 'pass']);
  });

  it('on another host has no end-to-end times without a bound, and proves delivery all the same', async () => {
    alter(seen, { host: { bootId: 'another', offsetUs: 0 }, clockBoundUs: null });
    const { stdout, summary, statuses } = await settled();
    expect(stdout).toContain('not known: how far apart are the clocks? give --clock-bound');
    expect(summary.clock?.endToEndBoundUs).toBeNull();
    expect(summary.latency.endToEnd).toMatchObject({ count: 500, min: null, p50: null, max: null });
    expect(statuses).toEqual(['inconclusive', 'inconclusive', 'pass']);
    expect(summary.checks.find(({ name }) => name === 'delivery')?.status).toBe('pass');
  });

  it('with a bound tells them with it, and judges what it leaves open', async () => {
    const { stdout, summary, statuses } = await settled('--clock-bound', '3m');
    expect(stdout).toContain('each ± 180 s');
    expect(summary.clock?.endToEndBoundUs).toBe(180_000_000);
    expect(summary.latency.endToEnd.p50).toBeGreaterThan(0);
    expect(statuses).toEqual(['pass', 'inconclusive', 'pass']);
    expect(summary.checks.find(({ name }) => name === 'end_to_end p50 < 1h')?.observed).toMatch(/ ± 180 s$/);
  });

  it('takes the bound that the run was given', async () => {
    alter(sent, { clockBoundUs: 1_000 });
    const { summary, statuses } = await settled();
    expect(summary.clock?.endToEndBoundUs).toBe(1_000);
    expect(statuses).toEqual(['pass', 'pass', 'pass']);
  });

  it('refuses a bound without a unit', async () => {
    const { code, stderr } = await answer(['verify', sent, '--seen', seen, '--clock-bound', '3']);
    expect(stderr).toContain('--clock-bound');
    expect(code).toBe(2);
  });
});
