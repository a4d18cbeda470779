import type { StepOutcome } from '../../src/capacity/search.ts';
import type { EventBatch } from '../../src/core/event-batch.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { type Board, boardBytes, Counter, openBoard } from '../../src/engine/board.ts';
import { Engine } from '../../src/engine/engine.ts';
import { evaluateThreshold } from '../../src/metrics/evaluate-threshold.ts';
import { judgeGenerator, tightestLatencyUs } from '../../src/metrics/generator-health.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { Latencies } from '../../src/runner/latencies.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { testEvents, testLatency, testResult } from '../metrics/test-result.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { BusyClock } from './busy-clock.ts';
import { type Service, SimulatedBroker } from './simulated-broker.ts';
import { noSamples, trial } from './trials.ts';

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

/** One trial: the engine, its schedule and its recorders in virtual time against a broker, judged by the thresholds of its result. */
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
  sink.settled = (number, sentAtUs, outcome: Outcome, atUs) => {
    slot[0] = number;
    sentAt[0] = sentAtUs;
    engine.settled(0, slot, sentAt, 1, outcome, atUs);
  };
  sink.drained = () => engine.drained(0, 0);
  engine.attach([sink]);
  const startUs = clock.nowUs();
  void engine.run({ runId: 'trial', startWallUs: 0, startMonoUs: startUs });
  clock.advanceTo(startUs + endUs);
  const latencies = new Latencies([board], 1);
  const { counters } = board.fleets[0] as Board['fleets'][number];
  const ackedInTime = counters[Counter.acked] as number;
  // What is under way then gets its answer, as in a drain.
  clock.advanceTo(startUs + 10 * endUs);
  latencies.fold();
  return judged(level, thresholds.map(parsed), {
    slots,
    ackedInTime: ackedInTime / (endUs / 1e6),
    count: (name) => counters[Counter[name]] as number,
    latency: testLatency({
      ...{
        scheduleLag: latencies.of(0, 'scheduleLag').summarise(),
        clientWait: latencies.of(0, 'clientWait').summarise(),
      },
      ...{
        serviceTime: latencies.of(0, 'serviceTime').summarise(),
        responseTime: latencies.of(0, 'responseTime').summarise(),
      },
      endToEnd: noSamples,
    }),
  });
}

interface Left {
  slots: number;
  ackedInTime: number;
  count(name: keyof typeof Counter): number;
  latency: ReturnType<typeof testLatency>;
}

function judged(
  level: number,
  thresholds: readonly Threshold[],
  { slots, ackedInTime, count, latency }: Left,
): StepOutcome {
  const [sent, acked, rejected] = [count('sent'), count('acked'), count('rejected')];
  const result = testResult({
    events: testEvents({ intended: slots, sent, notSent: slots - sent, acked, rejected, attempts: sent }),
    rate: { targetPerSecond: level, achievedPerSecond: (level * sent) / slots },
    latency,
  });
  const rates = { achievedPerSecond: result.rate.achievedPerSecond, ackedPerSecond: ackedInTime, latency };
  const generator = judgeGenerator({
    ...{ scheduleLag: latency.scheduleLag, tightestLatencyUs: tightestLatencyUs(thresholds) },
    ...{ due: slots, pickedUp: count('pickedUp') },
  });
  if (generator.status === 'unhealthy') return trial(level, 'generator', rates);
  const broken = thresholds.find((threshold) => evaluateThreshold(threshold, result).holds !== true);
  if (broken === undefined) return trial(level, 'holds', rates);
  return trial(level, 'breaks', { ...rates, limit: { kind: 'threshold', what: broken.expression } });
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
