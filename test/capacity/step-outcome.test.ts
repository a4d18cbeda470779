import { describe, expect, it } from 'vitest';
import { holdsIf, stepOutcome } from '../../src/capacity/step-outcome.ts';
import type { HealthSummary, RunResult } from '../../src/metrics/result.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Stretch, Timeline } from '../../src/report/timeline/timeline.ts';
import { testEvents, testLatency, testQuantiles, testResult } from '../metrics/test-result.ts';
import { planned, scenario } from '../plan/request.ts';

/** 60 s at 1000/s, after 6 s. */
async function planOf(more = ''): Promise<Plan> {
  const { plan } = await planned({
    text: scenario({ more }),
    level: { load: 1000, steps: 1 },
    hold: '60s',
    set: ['run.warm_up=6s'],
  });
  return plan;
}

const events = testEvents({ intended: 66_000, sent: 66_000, acked: 66_000, attempts: 66_000 });
const late = testQuantiles({ p99: 900_000, max: 1_000_000 });
function unhealthy(signal: string): HealthSummary {
  return { status: 'unhealthy', cpuSeconds: 1, peakRssBytes: 1e8, signals: [signal] };
}

const sick = unhealthy('the generator was late');
const slow = unhealthy('the reader stood still');
const none = { count: 0, p50: null, p99: null, max: null };

/** A second each, in which 1000 events are due and all or `taken` of them are; they wait for what `waitUs` says of it. */
function timelineOf(waitUs: (second: number) => number, seconds = 66, taken = 1000): Timeline {
  const stretches = Array.from({ length: seconds }, (_, second) => {
    const of = { count: 1000, p50: waitUs(second), p99: waitUs(second), max: waitUs(second) };
    const latency = { scheduleLag: none, clientWait: none, serviceTime: none, responseTime: of, endToEnd: none };
    const counts = { due: 1000, sent: 1000, acked: taken, noAck: 0, rejected: 0, unknown: 0, notSent: 0 };
    return { fromUs: second * 1e6, toUs: (second + 1) * 1e6, ...counts, latency } as unknown as Stretch;
  });
  return { stretches } as unknown as Timeline;
}

const steady = timelineOf((second) => 2_000 + (second % 3) * 100);

/** What is taken of 1000 a second, while `waitUs` stays what it is. */
const taking = (taken: number) => timelineOf(() => 2_000, 66, taken);

async function outcomeOf(change: Partial<RunResult> = {}, timeline = steady) {
  const result = testResult({ events, rate: { targetPerSecond: 1000, achievedPerSecond: 1000 }, ...change });
  return stepOutcome({ level: 1000, purpose: 'ramp', dir: 'steps/01-1000', plan: await planOf(), result, timeline });
}

describe('what the run of a load says', () => {
  it('holds, with the figures of its run', async () => {
    expect(await outcomeOf()).toMatchObject({
      level: 1000,
      verdict: 'holds',
      reasons: [],
      limit: null,
      offeredPerSecond: 1000,
      achievedPerSecond: 1000,
      ackedPerSecond: 1000,
      dir: 'steps/01-1000',
      latency: { responseTime: { p99: 5000 } },
    });
  });

  it('breaks on what failed soundly, whatever state the generator was in', async () => {
    const checks: RunResult['checks'] = [
      { name: 'delivery', expression: 'expect: at-least-once', status: 'fail', observed: '', reason: '3 lost' },
    ];
    const failed: Partial<RunResult> = { verdict: 'fail', reasons: ['delivery: 3 lost'], checks, generator: sick };
    expect(await outcomeOf(failed)).toMatchObject({
      verdict: 'breaks',
      limit: { kind: 'delivery', what: 'expect: at-least-once' },
      reasons: ['delivery: 3 lost'],
    });
    const [check] = checks;
    const threshold = { ...check, name: 'lost == 0', expression: 'lost == 0' } as (typeof checks)[number];
    expect((await outcomeOf({ verdict: 'fail', checks: [threshold] })).limit).toEqual({
      kind: 'threshold',
      what: 'lost == 0',
    });
  });

  it('says nothing of the target where the generator did not offer the load', async () => {
    expect(await outcomeOf({ generator: sick })).toMatchObject({
      verdict: 'generator',
      limit: { kind: 'generator', what: 'the generator was late' },
    });
    const shortOfIt = { ...events, acked: 60_000, rejected: 6_000 };
    expect((await outcomeOf({ generator: sick, events: shortOfIt })).verdict).toBe('generator');
    // It was late by a second, and what was to be done grew by as much.
    expect(
      (await outcomeOf({ generator: sick, latency: testLatency({ scheduleLag: late }) }, taking(980))).verdict,
    ).toBe('generator');
  });

  it('breaks where what piled up is far beyond our own lateness', async () => {
    const own = { generator: sick, latency: testLatency({ scheduleLag: late }) };
    expect(await outcomeOf(own, taking(930))).toMatchObject({ verdict: 'breaks', limit: { kind: 'throughput' } });
  });

  it('breaks where less than 99 % was taken, or the last of it late', async () => {
    const taken = (acked: number) => outcomeOf({ events: { ...events, acked, rejected: 66_000 - acked } });
    expect((await taken(65_341)).verdict).toBe('holds');
    expect(await taken(65_339)).toMatchObject({ verdict: 'breaks', limit: { kind: 'throughput' } });
    expect((await outcomeOf({}, taking(989))).verdict).toBe('holds');
    expect(await outcomeOf({}, taking(988))).toMatchObject({
      verdict: 'breaks',
      reasons: ['the target took only 988/s of 1k/s'],
      ackedPerSecond: 988,
    });
  });

  it('does not take for a backlog what devices hold back by design', async () => {
    const plan = await planOf();
    const fleets = plan.fleets.map((fleet) => ({ ...fleet, behavior: {} as NonNullable<typeof fleet.behavior> }));
    const result = testResult({ events });
    const tried = { level: 1000, purpose: 'ramp', dir: '', result, timeline: taking(900) } as const;
    expect(stepOutcome({ ...tried, plan: { ...plan, fleets } }).verdict).toBe('holds');
    expect(stepOutcome({ ...tried, plan }).verdict).toBe('breaks');
  });

  it('names the target’s own word', async () => {
    const errors = [{ code: 'lake/throttled', message: 'shard 0', count: 7, firstAt: '' }];
    expect((await outcomeOf({ errors }, taking(900))).limit).toEqual({ kind: 'target', what: 'no room at shard 0' });
    expect((await outcomeOf({ errors })).verdict).toBe('holds');
  });

  it('breaks where events wait longer and longer, as far as that is certain and matters', async () => {
    const growing = (each: number) => timelineOf((second) => 2_000 + second * each + (second % 3) * 500);
    const broken = await outcomeOf({}, growing(5_000));
    expect(broken).toMatchObject({ verdict: 'breaks', limit: { kind: 'backlog' } });
    expect(broken.lagGrowth?.perSecond).toBeCloseTo(0.005, 4);
    expect(broken.reasons).toEqual([expect.stringMatching(/^events waited longer and longer: 5 ms more every second/)]);
    expect((await outcomeOf({}, growing(1_000))).verdict).toBe('holds');
    const wild = timelineOf((second) => 2_000 + ((second * 7919) % 13) * 400_000);
    expect((await outcomeOf({}, wild)).verdict).toBe('holds');
    // Of the warm-up nobody speaks, nor of what came after the last event.
    const before = timelineOf((second) => (second < 6 ? second * 1e6 : second < 66 ? 2_000 : 9e6), 80);
    expect((await outcomeOf({}, before)).verdict).toBe('holds');
  });

  it('does not know how it grows in a few seconds', async () => {
    expect(
      (
        await outcomeOf(
          {},
          timelineOf((second) => second * 1e6, 12),
        )
      ).lagGrowth,
    ).toBeNull();
  });

  it('accuses nobody of what a slow reader saw', async () => {
    const behind = timelineOf((second) => second * 50_000);
    expect((await outcomeOf({ verifier: slow }, behind)).verdict).toBe('holds');
    const open: Partial<RunResult> = { verdict: 'inconclusive', reasons: ['delivery: too slow'], verifier: slow };
    expect(await outcomeOf(open, behind)).toMatchObject({
      verdict: 'unsure',
      limit: { kind: 'verifier', what: 'the reader stood still' },
    });
  });

  it('is unsure of what nobody could tell', async () => {
    const checks: RunResult['checks'] = [
      {
        name: 'end_to_end p99 < 1s',
        expression: 'end_to_end p99 < 1s',
        status: 'inconclusive',
        observed: '',
        reason: 'why',
      },
    ];
    expect(await outcomeOf({ verdict: 'inconclusive', reasons: ['why'], checks })).toMatchObject({
      verdict: 'unsure',
      limit: { kind: 'other', what: 'end_to_end p99 < 1s' },
      reasons: ['why'],
    });
  });

  it('tells what is taken where nothing is acknowledged', async () => {
    const silent = testEvents({ intended: 66_000, sent: 66_000, acked: 0, noAck: 66_000 });
    expect(await outcomeOf({ events: silent })).toMatchObject({ verdict: 'holds', ackedPerSecond: 1000 });
  });
});

describe('holdsIf', () => {
  it('lists what a load is judged by', async () => {
    expect(holdsIf(await planOf())).toEqual([
      'expect: at-least-once',
      'response_time p99 < 1s',
      'taken >= 99%',
      'wait of an event does not grow',
    ]);
    expect(holdsIf(await planOf('verify: false\nthresholds: [unknown == 0]'))).toEqual([
      'unknown == 0',
      'taken >= 99%',
      'wait of an event does not grow',
    ]);
  });
});
