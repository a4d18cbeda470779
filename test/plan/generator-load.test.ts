import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine-limits.ts';
import { estimatePlan } from '../../src/plan/estimate.ts';
import { type GeneratorLoad, generatorLoad } from '../../src/plan/generator-load.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';

const GIB = 1024 ** 3;
const machine = (changes: Partial<Machine> = {}): Machine => ({
  cores: 4,
  memoryBytes: 16 * GIB,
  limits: { openFiles: { most: 100_000, now: 20 }, localPorts: 28_232 },
  ...changes,
});

async function loadOf(devices: string, rate: string, target: string, on = machine()): Promise<GeneratorLoad> {
  const text = `iotload: 1
run: { duration: 10s }
fleets: { phones: { model: phone-motion, devices: ${devices}, rate: ${rate}, payload: seismograph-traced } }
${target}
`;
  const outcome = await loadPlan({ text, file: 'x.yaml', env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const sizes = [{ addressBytes: 20, payloadBytes: 200 }];
  return generatorLoad(outcome.plan, estimatePlan(outcome.plan, sizes, 2), on);
}
const kafka = 'target: { protocol: kafka, endpoint: embedded }';
const each = 'target: { protocol: mqtt, endpoint: embedded, connections: per_device }';

describe('what a plan takes of machines', () => {
  it('grows with the rate, and one is enough for a little', async () => {
    const small = await loadOf('100', '1k/s', kafka);
    const large = await loadOf('1000', '100k/s', kafka);
    expect(large.sendingCores / small.sendingCores).toBeCloseTo(100, 6);
    expect(large.readingCores / small.readingCores).toBeCloseTo(100, 6);
    expect(small).toMatchObject({ shards: 1, workersPerShard: 1 });
  });

  it('costs nothing to read back where nobody reads', async () => {
    expect((await loadOf('100', '1k/s', `${kafka}\nverify: false`)).readingCores).toBe(0);
  });

  it('takes several where the cores of one are too few, each filled to 70 %', async () => {
    const load = await loadOf('10k', '10M/s', kafka);
    const cores = load.sendingCores + load.readingCores;
    expect(load.shardsBy.cores).toBe(Math.ceil(cores / 2.8));
    expect(load).toMatchObject({ shards: load.shardsBy.cores });
    expect(load.workersPerShard * load.shards * 0.7).toBeGreaterThanOrEqual(load.sendingCores);
    expect((await loadOf('10k', '10M/s', kafka, machine({ cores: 64 }))).shards).toBe(1);
  });

  it('takes several where ports, files or memory run out', async () => {
    expect((await loadOf('50k', '1k/s', each)).shardsBy).toEqual({ cores: 1, memory: 1, localPorts: 2, openFiles: 1 });
    const files = machine({ limits: { openFiles: { most: 10_000, now: 20 }, localPorts: null } });
    expect((await loadOf('50k', '1k/s', each, files)).shardsBy).toMatchObject({ localPorts: 1, openFiles: 6 });
    expect((await loadOf('50k', '1k/s', each, machine({ memoryBytes: GIB }))).shardsBy.memory).toBe(3);
  });
});
