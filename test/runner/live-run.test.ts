import { describe, expect, it } from 'vitest';
import { boardBytes, Counter, openBoard } from '../../src/engine/board.ts';
import { GeneratorWatch } from '../../src/runner/generator-watch.ts';
import { Latencies } from '../../src/runner/latencies.ts';
import { LiveRun } from '../../src/runner/live-run.ts';
import { ProgressMeter } from '../../src/runner/run-progress.ts';
import { planned } from '../plan/request.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const text = `iotload: 1
run: { warm_up: 2s, duration: 10s }
fleets:
  even: { model: phone-motion, devices: 100, rate: 1k/s, payload: raw }
  ramped: { model: phone-motion, devices: 7, rate: 100/s, payload: raw, profile: [ { ramp: [0%, 100%], for: 10s } ] }
target: { protocol: mqtt, endpoint: embedded, topic: t/<device> }
`;

async function live({ speed = '1x', shard = { index: 0, count: 1 }, workers = 2 } = {}) {
  const unpaced = speed === 'max' ? ['target={ protocol: discard }', 'clock.speed=max'] : [];
  const { plan } = await planned({ text, set: unpaced });
  const clock = new VirtualClock();
  const boards = Array.from({ length: workers }, () => {
    const { length } = plan.fleets;
    return openBoard(new SharedArrayBuffer(boardBytes(length)), length);
  });
  const latencies = new Latencies(boards, plan.fleets.length);
  const meter = new ProgressMeter(clock, plan, boards, latencies, 1);
  const watch = new GeneratorWatch(clock, workers, {
    reading: () => ({ throttling: [], memory: [], processors: null, openFiles: null }),
    cpuUs: () => 1_000,
    wallOffsetUs: () => null,
  });
  const observer = { progress: () => {}, note: () => {} };
  const options = {
    plan,
    runId: 'r1',
    shard,
    workers,
    out: null,
    startAtWallUs: null,
    command: '',
    version: '',
    clock,
    observer,
  };
  const run = new LiveRun(options, { boards, latencies, meter, watch, verifications: undefined });
  const begin = (): void => meter.start({ runId: 'r1', startWallUs: 0, startMonoUs: clock.nowUs() });
  const to = (seconds: number): void => clock.advanceTo(clock.nowUs() + seconds * 1e6);
  return { run, boards, watch, meter, begin, to };
}

describe('LiveRun', () => {
  it('tells what the workers have counted and timed, fleet by fleet', async () => {
    const { run, boards, watch } = await live();
    for (const [worker, board] of boards.entries()) {
      const [even, ramped] = board.fleets;
      if (even === undefined || ramped === undefined) throw new Error('two fleets');
      even.counters[Counter.sent] = 10 + worker;
      ramped.counters[Counter.waiting] = 3;
      even.recorders.responseTime.recordMany(3_000, 5);
      ramped.recorders.scheduleLag.record(50);
    }
    watch.noticed('throttled', 4);
    const { fleets, generator, verifiers } = run.read();
    expect(fleets.map(({ name, target, devices, planned }) => [name, target, devices, planned])).toEqual([
      ['even', 'target', 100, 12_000],
      ['ramped', 'target', 7, 500],
    ]);
    expect(fleets.map(({ counts }) => [counts.sent, counts.waiting])).toEqual([
      [21, 0],
      [0, 6],
    ]);
    expect(fleets[0]?.intervals.responseTime).toMatchObject({ count: 10, sumUs: 30_000 });
    expect(fleets[1]?.intervals.scheduleLag).toMatchObject({ count: 2, sumUs: 100 });
    expect(generator).toMatchObject({ cpuUs: 1_000, throttled: 4 });
    expect(verifiers).toEqual([]);
    expect([run.runId, run.shard, run.workers]).toEqual(['r1', '0/1', 2]);
    expect(run.planDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps what it told, however often it is asked, and looks for more once a second', async () => {
    const { run, boards, to } = await live();
    boards[0]?.fleets[0]?.recorders.serviceTime.record(1_000);
    for (let i = 0; i < 3; i++) expect(run.read().fleets[0]?.intervals.serviceTime.count).toBe(1);
    boards[0]?.fleets[0]?.recorders.serviceTime.record(1_000);
    expect(run.read().fleets[0]?.intervals.serviceTime.count).toBe(1);
    to(1);
    expect(run.read().fleets[0]?.intervals.serviceTime.count).toBe(2);
  });

  it('knows what is due and what the schedule asks for now', async () => {
    const { run, begin, to } = await live();
    expect(run.read().fleets.map(({ due, targetPerSecond }) => [due, targetPerSecond])).toEqual([
      [0, expect.closeTo(1_000, 6)],
      [0, expect.any(Number)],
    ]);
    begin();
    to(7);
    const [even, ramped] = run.read().fleets;
    expect(even).toMatchObject({ due: 7_000, targetPerSecond: 1_000 });
    // Half way up, 5 s after the warm-up at 0 %.
    expect(ramped?.due).toBeCloseTo(125, -1);
    expect(ramped?.targetPerSecond).toBeCloseTo(50, 0);
    to(6);
    expect(run.read().fleets.map(({ due, targetPerSecond }) => [due, targetPerSecond])).toEqual([
      [12_000, 0],
      [500, 0],
    ]);
  });

  it('of a shard tells its own', async () => {
    const { run, begin, to } = await live({ shard: { index: 1, count: 4 } });
    begin();
    to(4);
    expect(run.read().fleets[0]).toMatchObject({ devices: 25, planned: 3_000, due: 1_000, targetPerSecond: 250 });
    expect(run.read().fleets[1]?.devices).toBe(2);
  });

  it('where nothing is paced, nothing is due', async () => {
    const { run, begin, to } = await live({ speed: 'max' });
    begin();
    to(4);
    expect(run.read().fleets[0]).toMatchObject({ due: null, targetPerSecond: null, planned: 12_000 });
  });

  it('is in the phase that the run was last said to be in', async () => {
    const { run, meter } = await live();
    expect(run.read().progress.phase).toBe('connecting');
    meter.read('draining', 17, 2);
    expect(run.read().progress).toMatchObject({ phase: 'draining', verified: 17, errors: 2 });
  });
});
