import type { StepOutcome } from '../../src/capacity/search.ts';
import { stepOutcome } from '../../src/capacity/step-outcome.ts';
import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { type Board, boardBytes, Counter, openBoard, type SenderInterval } from '../../src/engine/board.ts';
import { Engine } from '../../src/engine/engine.ts';
import { judgeGenerator, tightestLatencyUs } from '../../src/metrics/generator-health.ts';
import type { LatencySummary, QuantileSummary } from '../../src/metrics/result.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Stretch, Timeline } from '../../src/report/timeline/timeline.ts';
import { Latencies } from '../../src/runner/latencies.ts';
import type { RateProfile } from '../../src/schedule/profile.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { judge } from '../../src/verify/verdict.ts';
import { testEvents, testLatency, testResult } from '../metrics/test-result.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { BusyClock } from './busy-clock.ts';
import { type Service, SimulatedBroker } from './simulated-broker.ts';
import { noSamples } from './trials.ts';

const SECOND_US = 1_000_000;
const ONE = { numerator: 1, denominator: 1 };
const DEVICES = 100;

export interface SimulatedTrial {
  /** Events per second. */
  level: number;
  warmUpSeconds: number;
  seconds: number;
  /** Random arrivals, by this number; even ones without. */
  poisson?: number;
  thresholds: readonly string[];
  broker: Service;
  /** Time of the generator's own thread that an event takes; 0 without. */
  eventUs?: number;
}

/**
 * One trial: the engine, its schedule and its recorders in virtual time against a broker. Judged by what judges the run of a step, from a
 * result and a timeline like those that its files would tell.
 */
export function simulatedTrial({
  level,
  warmUpSeconds,
  seconds,
  poisson,
  thresholds,
  broker,
  eventUs = 0,
}: SimulatedTrial): StepOutcome {
  const clock = new VirtualClock();
  const thread = new BusyClock(clock);
  const board = openBoard(new SharedArrayBuffer(boardBytes(1)), 1);
  const [warmUpUs, endUs] = [warmUpSeconds * 1e6, (warmUpSeconds + seconds) * 1e6];
  const profile = createSchedule({
    rate: { events: Math.round(level * 1000), perUs: 1e9 },
    segments: [{ durationUs: endUs, from: ONE, to: ONE }],
    ...(poisson === undefined ? {} : { poisson: { k0: poisson, k1: 0 } }),
  });
  const slots = profile.dueBy(endUs);
  const engine = new Engine({
    clock: thread,
    part: { index: 0, count: 1 },
    fleets: [
      {
        ...{ index: 0, devices: DEVICES, slots, profile, behavior: null, sink: 0, maxEventBytes: 0 },
        board: board.fleets[0] as Board['fleets'][number],
        append(slot, _dueUs, batch) {
          if (!append(slot, batch)) return false;
          thread.work(eventUs);
          return true;
        },
      },
    ],
    backlogSlots: [20_000],
    backlogThen: ['shed'],
    unpaced: false,
    measured: { fromUs: warmUpUs, toUs: endUs },
    settle: () => {},
    attemptedAgain: () => {},
    overflow: () => {},
    promisedUs: () => Number.POSITIVE_INFINITY,
    stopRequested: () => false,
  });
  const sink = new SimulatedBroker(clock, broker);
  const [slot, sentAt] = [new Float64Array(1), new Float64Array(1)];
  let waits: number[] = [];
  sink.settled = (number, sentAtUs, outcome: Outcome, atUs) => {
    slot[0] = number;
    sentAt[0] = sentAtUs;
    if (outcome === Outcome.acked) waits.push(atUs - startUs - profile.timeOf(number));
    engine.settled(0, slot, sentAt, 1, outcome, atUs);
  };
  sink.drained = () => engine.drained(0, 0);
  engine.attach([sink]);
  const startUs = clock.nowUs();
  const { counters } = board.fleets[0] as Board['fleets'][number];
  const stretches: Stretch[] = [];
  void engine.run({ runId: 'trial', startWallUs: 0, startMonoUs: startUs });
  for (let toUs = SECOND_US, before = counters.slice(); toUs <= endUs; toUs += SECOND_US, before = counters.slice()) {
    waits = [];
    clock.advanceTo(startUs + toUs);
    stretches.push(stretchOf(profile, toUs, before, counters, waits));
  }
  // What is under way then gets its answer, as in a drain.
  clock.advanceTo(startUs + 10 * endUs);
  const latencies = new Latencies([board], 1);
  latencies.fold();
  const of = (interval: SenderInterval): QuantileSummary => latencies.of(0, interval).summarise();
  return judged(
    level,
    thresholds,
    { warmUpUs, durationUs: endUs - warmUpUs },
    {
      ...{ slots, counters, stretches },
      latency: testLatency({
        ...{ scheduleLag: of('scheduleLag'), clientWait: of('clientWait') },
        ...{ serviceTime: of('serviceTime'), responseTime: of('responseTime'), endToEnd: noSamples },
      }),
    },
  );
}

interface Left {
  slots: number;
  counters: Float64Array;
  stretches: readonly Stretch[];
  latency: LatencySummary;
}

function judged(
  level: number,
  thresholds: readonly string[],
  window: { warmUpUs: number; durationUs: number },
  { slots, counters, stretches, latency }: Left,
): StepOutcome {
  const count = (name: keyof typeof Counter): number => counters[Counter[name]] as number;
  const [sent, acked, rejected] = [count('sent'), count('acked'), count('rejected')];
  const generator = judgeGenerator({
    ...{ scheduleLag: latency.scheduleLag, tightestLatencyUs: tightestLatencyUs(thresholds.map(parsed)) },
    ...{ due: slots, pickedUp: count('pickedUp') },
  });
  const measured = testResult({
    events: testEvents({ intended: slots, sent, notSent: slots - sent, acked, rejected, attempts: sent }),
    rate: { targetPerSecond: level, achievedPerSecond: (level * sent) / slots },
    generator: { ...generator, cpuSeconds: 0, peakRssBytes: 0 },
    latency,
  });
  const plan = { run: window, verify: null, fleets: [{ name: 'meters' }], targets: [] } as unknown as Plan;
  const judgement = judge({
    plan: { ...plan, thresholds: thresholds.map((expression) => ({ expression })) },
    ...{ run: measured, ended: 'completed', sentTold: true, laws: [], reader: null, ordered: true },
    ...{ generator: measured.generator, skipped: new Map() },
  });
  const result = { ...measured, ...judgement };
  const timeline = { stretches } as unknown as Timeline;
  return stepOutcome({ level, purpose: 'ramp', dir: '', plan, result, timeline });
}

function stretchOf(
  profile: RateProfile,
  toUs: number,
  before: Float64Array,
  after: Float64Array,
  waits: number[],
): Stretch {
  const gained = (name: keyof typeof Counter): number =>
    (after[Counter[name]] as number) - (before[Counter[name]] as number);
  const p50 = waits.sort((a, b) => a - b)[waits.length >> 1] ?? null;
  const none = { count: 0, p50: null, p99: null, max: null };
  return {
    ...{ fromUs: toUs - SECOND_US, toUs, due: profile.dueBy(toUs) - profile.dueBy(toUs - SECOND_US) },
    ...{ sent: gained('sent'), acked: gained('acked'), rejected: gained('rejected') },
    ...{ unknown: 0, noAck: 0, notSent: gained('notSent') },
    latency: { responseTime: { ...none, count: waits.length, p50 }, endToEnd: none },
  } as unknown as Stretch;
}

function parsed(expression: string): Threshold {
  const threshold = parseThreshold(expression, []);
  if (isThresholdError(threshold)) throw new Error(threshold.error);
  return threshold;
}

function append(slot: number, batch: EventBatch): boolean {
  if (batch.count === batch.capacity) return false;
  batch.slots[batch.count] = slot;
  batch.seats[batch.count] = slot % DEVICES;
  batch.count++;
  return true;
}
