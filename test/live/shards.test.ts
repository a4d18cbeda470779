import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import type { PlanDocument } from '../../src/runner/plan-document.ts';
import { type Finished, iotload, type Running, scratch, start, summaryOf } from '../e2e/iotload.ts';
import { type Kafka, startKafka } from './kafka.ts';

/*
 * One scenario as one process, as three, as eight, and as two of which one is killed in mid-run and goes on: against Apache Kafka, each in a
 * topic of its own, what is merged has to be what the one process did.
 */

const RATE = 500;
const SECONDS = 4;
const ALL = RATE * SECONDS;
const clock = systemClock();
const space = scratch();
let kafka: Kafka;
let file: string;
/** When sending starts, µs since 1970. */
let startUs: number;
/** By run, what its shards answered. */
const answered = new Map<string, Finished[]>();

const out = (run: string, shard: number): string => space.path(`${run}/shard-${shard}`);
const shards = (count: number): number[] => Array.from({ length: count }, (_, shard) => shard);
const planOf = (dir: string): PlanDocument => JSON.parse(readFileSync(`${dir}/plan.json`, 'utf8'));
const merge = (...args: string[]): Promise<Finished> => iotload(['merge', ...args]);

/** A shard as an indexed job of Kubernetes has it. */
function shard(run: string, index: number, count: number, progress = 'none', dir = out(run, index)): Running {
  const env = {
    JOB_COMPLETION_INDEX: `${index}`,
    IOTLOAD_SHARDS: `${count}`,
    IOTLOAD_RUN_ID: run,
    IOTLOAD_START_AT: new Date(startUs / 1000).toISOString(),
  };
  const args = ['run', file, '--out', dir, '--resume', '--workers', '1', '--progress', progress];
  return start(args, env);
}

beforeAll(async () => {
  kafka = await startKafka();
  file = space.path('sharded.yaml');
  writeFileSync(
    file,
    `iotload: 1
run: { duration: ${SECONDS}s, drain: 20s }
fleets: { phones: { model: phone-motion, devices: 40, rate: ${RATE}/s, payload: raw } }
target: { protocol: kafka, endpoint: "${kafka.endpoint}", topic: "shards-<run>", create: { partitions: 3 } }
verify: { expect: exactly-once, order: per_device, grace: 10s }
outputs: { formats: [] }
`,
  );
  // Alone, which also says how long a process takes to be ready here.
  const begun = clock.nowUs();
  const alone = start([
    'run',
    file,
    '--run-id',
    'alone',
    '--out',
    out('alone', 0),
    '--workers',
    '1',
    '--progress',
    'plain',
  ]);
  await alone.said(/measuring/);
  const readyUs = clock.nowUs() - begun;
  answered.set('alone', [await alone.finished]);
  startUs = Math.ceil(clock.wallUs() / 1e6 + 2 + (13 * readyUs) / 1e6 / Math.min(4, availableParallelism())) * 1e6;
  const running = [
    ['three', shards(3).map((index) => shard('three', index, 3))],
    ['eight', shards(8).map((index) => shard('eight', index, 8))],
    ['killed', shards(2).map((index) => shard('killed', index, 2))],
  ] as const;
  const victim = running[2][1][1] as Running;
  await sleep(clock, (startUs - clock.wallUs()) / 1000 + 1500);
  victim.child.kill('SIGKILL');
  await victim.finished;
  // As an engine leaves it that gathers what each pod wrote.
  cpSync(out('killed', 1), space.path('killed/shard-1-before'), { recursive: true });
  const again = shard('killed', 1, 2, 'plain');
  for (const [run, processes] of running) {
    answered.set(run, await Promise.all(processes.map((process) => (process === victim ? again : process).finished)));
  }
});
afterAll(async () => {
  await kafka.stop();
  space.remove();
});

describe('shards of one run on Apache Kafka', () => {
  it.each([
    ['three', 3],
    ['eight', 8],
  ])('%s are together what one process is', async (run, count) => {
    for (const { code, stderr } of answered.get(run) ?? []) expect([code, stderr]).toEqual([0, '']);
    const merged = await merge(space.path(run), '--out', space.path(`${run}-merged`));
    expect(merged.stdout).toMatch(new RegExp(`PASS[^]*shards +${count}, ready [^]*on one clock`));
    expect(merged.code).toBe(0);
    const [alone, all] = [summaryOf(out('alone', 0)), summaryOf(space.path(`${run}-merged`))];
    expect(all.events).toEqual(alone.events);
    expect(all.delivery).toEqual(alone.delivery);
    expect(all).toMatchObject({
      events: { intended: ALL, acked: ALL },
      delivery: { verified: ALL, lost: 0, missing: 0, duplicates: 0, reordered: 0, foreign: 0 },
      latency: { responseTime: { count: ALL }, endToEnd: { count: ALL } },
    });
    const digests = shards(count).map((index) => planOf(out(run, index)).digest);
    expect(new Set([...digests, planOf(out('alone', 0)).digest, all.run.planDigest]).size).toBe(1);
  });

  it('one that was killed and went on is merged with what it knew before', async () => {
    const [whole, again] = answered.get('killed') as [Finished, Finished];
    expect([whole.code, again.stderr]).toEqual([0, expect.stringContaining('resuming run killed, which was cut off')]);
    const { code, stderr } = await merge(space.path('killed'), '--out', space.path('killed-merged'));
    expect(stderr).toBe(`${space.path('killed/shard-1-before')} is left out: ${out('killed', 1)} holds all of it\n`);
    const merged = summaryOf(space.path('killed-merged'));
    const parts = shards(2).map((index) => summaryOf(out('killed', index)));
    for (const key of ['intended', 'notSent', 'sent', 'acked', 'unknown', 'rejected'] as const) {
      expect(merged.events[key], key).toBe(parts.reduce((sum, { events }) => sum + events[key], 0));
    }
    const { events, delivery } = merged;
    expect(events).toMatchObject({ intended: ALL, rejected: 0 });
    expect(events.unknown).toBeLessThanOrEqual(3 * RATE);
    expect(delivery).toMatchObject({ verified: events.acked + delivery.recovered, foreign: 0 });
    expect(delivery).toMatchObject({ lost: 0, missing: 0, duplicates: 0, reordered: 0, corrupt: 0, phantom: 0 });
    expect(merged.shards?.map(({ attempts }) => attempts)).toEqual([1, 2]);
    expect([0, 3]).toContain(code);
  });

  it('are refused by name where one is missing or of another run', async () => {
    rmSync(out('three', 1), { recursive: true });
    cpSync(out('eight', 1), space.path('three/shard-1'), { recursive: true });
    const { code, stderr } = await merge(space.path('three'), out('alone', 0), '--out', space.path('none'));
    expect(code).toBe(2);
    expect(stderr).toContain('not exactly the 3 shards of one run');
    expect(stderr).toContain(`${space.path('three/shard-1')} is of another run, eight`);
    expect(stderr).toContain(`${out('alone', 0)} is of another run, alone`);
    expect(stderr).toContain('shard 1/3 is missing');
  });

  it('are refused by name where two went on with one', async () => {
    const [own, twin] = [out('killed', 1), space.path('killed/twin')];
    cpSync(space.path('killed/shard-1-before'), twin, { recursive: true });
    await shard('killed', 1, 2, 'none', twin).finished;
    const { code, stderr } = await merge(space.path('killed'), '--out', space.path('none'));
    expect(stderr).toContain(`${own} and ${twin} are both shard 1/2, by two attempts that may both have sent`);
    expect(code).toBe(2);
  });
});
