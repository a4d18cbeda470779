import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { boardBytes, Counter, openBoard, type SenderInterval, senderIntervals } from '../../src/engine/board.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineFleet } from '../../src/engine/engine-fleet.ts';
import { RECORDER_BYTES } from '../../src/metrics/recorder.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { recorderInto } from './recorder-into.ts';
import { answered, ScriptedSink, type SinkScript } from './scripted-sink.ts';

const ONE = { numerator: 1, denominator: 1 };

interface Setup extends SinkScript {
  devices: number;
  perSecond: number;
  seconds: number;
  backlog?: number;
  policy?: 'shed' | 'abort';
  part?: { index: number; count: number };
}

/** One fleet, one scripted sink, virtual time; every outcome and every recorded interval is kept as a plain list. */
function world(setup: Setup) {
  const clock = new VirtualClock();
  const sink = new ScriptedSink(clock, setup);
  const board = openBoard(new SharedArrayBuffer(boardBytes(1)), 1).fleets[0];
  if (board === undefined) throw new Error('no board');
  const samples: Record<SenderInterval, number[]> = {
    scheduleLag: [],
    clientWait: [],
    serviceTime: [],
    responseTime: [],
  };
  const durationUs = setup.seconds * 1e6;
  const fleet: EngineFleet = {
    index: 0,
    devices: setup.devices,
    slots: setup.perSecond * setup.seconds,
    profile: createSchedule({
      rate: { events: setup.perSecond, perUs: 1e6 },
      segments: [{ durationUs, from: ONE, to: ONE }],
    }),
    behavior: null,
    sink: 0,
    maxEventBytes: 0,
    board: {
      counters: board.counters,
      recorders: Object.fromEntries(
        senderIntervals.map((name) => [name, recorderInto(samples[name])]),
      ) as unknown as EngineFleet['board']['recorders'],
    },
    append: appendNumber(setup.devices),
  };
  const outcomes = new Map<number, Outcome>();
  let overflows = 0;
  let stop = false;
  const engine: Engine = new Engine({
    clock,
    part: setup.part ?? { index: 0, count: 1 },
    fleets: [fleet],
    backlogSlots: [setup.backlog ?? 1_000_000],
    backlogThen: [setup.policy ?? 'shed'],
    unpaced: false,
    measured: { fromUs: 0, toUs: durationUs },
    settle: (_fleet, slot, outcome) => {
      expect(outcomes.has(slot), `slot ${slot} settled twice`).toBe(false);
      outcomes.set(slot, outcome);
    },
    attemptedAgain: () => {},
    overflow: () => {
      overflows++;
      engine.stop();
    },
    promisedUs: () => Number.POSITIVE_INFINITY,
    stopRequested: () => stop,
  });
  sink.settled = (slot, sentAtUs, atUs) =>
    engine.settled(0, Float64Array.of(slot), Float64Array.of(sentAtUs), 1, answered, atUs);
  sink.drained = (lane) => engine.drained(0, lane);
  engine.attach([sink]);
  const startUs = clock.nowUs();
  const done = engine.run({ runId: 'test', startWallUs: 0, startMonoUs: startUs });
  return {
    clock,
    sink,
    engine,
    samples,
    outcomes,
    board,
    done,
    overflows: () => overflows,
    requestStop: () => {
      stop = true;
    },
    runTo: (us: number) => clock.advanceTo(startUs + us),
  };
}

function appendNumber(devices: number): EngineFleet['append'] {
  return (slot, _dueUs, batch: EventBatch) => {
    if (batch.count === batch.capacity) return false;
    batch.slots[batch.count] = slot;
    batch.seats[batch.count] = slot % devices;
    batch.count++;
    return true;
  };
}

/** Value below which a share q of the samples lies. */
function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] as number;
}

/** Serves with `baseUs`, but nothing in the last `stallUs` of every `periodUs`; what arrives then is answered at the period's end. */
function stall(baseUs: number, stallUs: number, periodUs: number): SinkScript['answeredAtUs'] {
  const startUs = 1_000_000;
  return (us) => {
    const phase = (us - startUs) % periodUs;
    return phase >= periodUs - stallUs ? us - phase + periodUs + baseUs : us + baseUs;
  };
}

describe('Engine', () => {
  it('sends every slot once, in order per lane, and never before its time', () => {
    const w = world({
      lanes: 3,
      window: 1000,
      answeredAtUs: (us) => us + 500,
      devices: 10,
      perSecond: 977,
      seconds: 3,
    });
    w.runTo(4e6);
    expect(w.sink.sent.map((event) => event.slot).sort((a, b) => a - b)).toEqual([...Array(977 * 3).keys()]);
    for (let lane = 0; lane < 3; lane++) {
      const slots = w.sink.sent.filter((event) => event.lane === lane).map((event) => event.slot);
      expect(slots).toEqual([...slots].sort((a, b) => a - b));
    }
    expect(Math.min(...w.samples.scheduleLag)).toBeGreaterThanOrEqual(0);
    expect(w.samples.clientWait.every((us) => us === 0)).toBe(true);
    expect([...w.outcomes.values()].every((outcome) => outcome === Outcome.acked)).toBe(true);
    expect(w.board.counters[Counter.pickedUp]).toBe(977 * 3);
    expect(w.board.counters[Counter.acked]).toBe(977 * 3);
    expect(w.board.counters[Counter.waiting]).toBe(0);
  });

  it('keeps the share of its part and leaves the rest to the others', () => {
    const all = [0, 1, 2].flatMap((index) => {
      const w = world({
        lanes: 1,
        window: 9999,
        answeredAtUs: (us) => us,
        devices: 7,
        perSecond: 100,
        seconds: 1,
        part: { index, count: 3 },
      });
      w.runTo(2e6);
      return w.sink.sent.map((event) => event.slot);
    });
    expect(all.sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  });

  // Stall oracle: with S of every P seconds stalled, response time's quantile q is max(0, S − (1 − q)·P), base service time aside.
  it('stall oracle, wide window: response and service time follow the closed form, nobody waits in the client', () => {
    const w = world({
      lanes: 8,
      window: 1000,
      answeredAtUs: stall(1000, 1e6, 10e6),
      devices: 64,
      perSecond: 1000,
      seconds: 30,
    });
    w.runTo(32e6);
    for (const q of [0.91, 0.95, 0.99, 0.999]) {
      const expected = 1e6 - (1 - q) * 10e6;
      for (const interval of ['responseTime', 'serviceTime'] as const) {
        expect(Math.abs(quantile(w.samples[interval], q) - expected), `${interval} q=${q}`).toBeLessThan(
          Math.max(0.02 * expected, 5000),
        );
      }
    }
    expect(quantile(w.samples.responseTime, 0.5)).toBeLessThan(5000);
    expect(quantile(w.samples.clientWait, 0.999)).toBe(0);
    expect(quantile(w.samples.scheduleLag, 0.999)).toBeLessThanOrEqual(1000);
  });

  it('stall oracle, one in flight: service time hides the stall, client wait carries it, response time still shows it', () => {
    const w = world({
      lanes: 1,
      window: 1,
      answeredAtUs: stall(100, 1e6, 10e6),
      devices: 64,
      perSecond: 1000,
      seconds: 30,
    });
    w.runTo(35e6);
    expect(w.outcomes.size).toBe(30_000);
    expect(quantile(w.samples.serviceTime, 0.95)).toBeLessThan(20_000);
    expect(quantile(w.samples.responseTime, 0.95)).toBeGreaterThan(450_000);
    expect(quantile(w.samples.clientWait, 0.95)).toBeGreaterThan(440_000);
    expect(quantile(w.samples.scheduleLag, 0.999)).toBeLessThanOrEqual(1000);
  });

  it('sheds beyond the backlog bound and says so, slot by slot', () => {
    const w = world({
      lanes: 1,
      window: 10,
      answeredAtUs: () => 1e12,
      devices: 4,
      perSecond: 100,
      seconds: 1,
      backlog: 20,
    });
    w.runTo(2e6);
    w.engine.giveUpWaiting();
    expect(w.sink.sent.length).toBe(10);
    expect([...w.outcomes.values()].filter((outcome) => outcome === Outcome.notSent).length).toBe(90);
    expect(w.board.counters[Counter.notSent]).toBe(90);
    expect(w.board.counters[Counter.waiting]).toBe(0);
  });

  it('ends the run at the bound when the policy is to abort', () => {
    const w = world({
      lanes: 1,
      window: 1,
      answeredAtUs: () => 1e12,
      devices: 4,
      perSecond: 1000,
      seconds: 5,
      backlog: 3,
      policy: 'abort',
    });
    w.runTo(6e6);
    expect(w.overflows()).toBe(1);
    expect(w.outcomes.size).toBeLessThan(5);
  });

  it('stops at the flag, and its horizon says how far it came', async () => {
    const w = world({ lanes: 1, window: 9999, answeredAtUs: (us) => us, devices: 4, perSecond: 1000, seconds: 5 });
    w.runTo(1e6);
    w.requestStop();
    w.runTo(5e6);
    await w.done;
    expect(w.engine.horizon(0)).toBe(w.sink.sent.length);
    expect(w.sink.sent.length).toBeLessThan(1200);
  });

  it('sleeps until the next slot instead of ticking', () => {
    const clock = new VirtualClock();
    let wakeUps = 0;
    const original = clock.after.bind(clock);
    clock.after = (ms, task) => {
      wakeUps++;
      return original(ms, task);
    };
    const sink = new ScriptedSink(clock, { lanes: 1, window: 9, answeredAtUs: (us) => us });
    const board = openBoard(new SharedArrayBuffer(boardBytes(1)), 1).fleets[0];
    if (board === undefined) throw new Error('no board');
    const engine = new Engine({
      clock,
      part: { index: 0, count: 1 },
      fleets: [
        {
          index: 0,
          devices: 1,
          slots: 10,
          profile: createSchedule({
            rate: { events: 20, perUs: 1e6 },
            segments: [{ durationUs: 1e6, from: ONE, to: ONE }],
          }),
          behavior: null,
          sink: 0,
          maxEventBytes: 0,
          board,
          append: appendNumber(1),
        },
      ],
      backlogSlots: [10],
      backlogThen: ['shed'],
      unpaced: false,
      measured: { fromUs: 0, toUs: 1e6 },
      settle: () => {},
      attemptedAgain: () => {},
      overflow: () => {},
      promisedUs: () => Number.POSITIVE_INFINITY,
      stopRequested: () => false,
    });
    engine.attach([sink]);
    void engine.run({ runId: 'test', startWallUs: 0, startMonoUs: clock.nowUs() });
    clock.advanceTo(clock.nowUs() + 1e6);
    expect(sink.sent.length).toBe(10);
    expect(wakeUps).toBeLessThanOrEqual(2 * 10);
  });
});

describe('board', () => {
  it('gives every fleet cells of its own', () => {
    const buffer = new SharedArrayBuffer(boardBytes(2));
    const board = openBoard(buffer, 2);
    const again = openBoard(buffer, 2);
    board.fleets[1]?.counters.set([7], Counter.acked);
    board.fleets[1]?.recorders.responseTime.record(42);
    expect(again.fleets[1]?.counters[Counter.acked]).toBe(7);
    expect(again.fleets[0]?.counters[Counter.acked]).toBe(0);
    expect(buffer.byteLength).toBeGreaterThan(2 * 4 * RECORDER_BYTES);
  });
});
