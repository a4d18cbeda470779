import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { boardBytes, Counter, openBoard, type SenderInterval, senderIntervals } from '../../src/engine/board.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineFleet } from '../../src/engine/engine-fleet.ts';
import { createBehavior } from '../../src/models/behavior/behavior.ts';
import type { BehaviorSpec } from '../../src/models/behavior/spec.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import type { Sink } from '../../src/targets/target.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { recorderInto } from './recorder-into.ts';
import { answered, ScriptedSink } from './scripted-sink.ts';

const SECOND = 1_000_000;
const DEVICES = 20;

interface Setup {
  spec: BehaviorSpec;
  seconds?: number;
  window?: number;
  answerUs?: number;
  backlog?: number;
  part?: { index: number; count: number };
  reload?: (seat: number, incarnation: number, sink: ScriptedSink) => void;
}

/** 20 devices with ten events a second each, an event's slot its only content. */
function world({ spec, seconds = 10, window = 1000, answerUs = 500, backlog = 1e6, part, reload }: Setup) {
  const clock = new VirtualClock();
  const sink = new ScriptedSink(clock, { lanes: DEVICES, window, answeredAtUs: (us) => us + answerUs });
  if (reload !== undefined)
    Object.assign(sink, { reload: (_: number, seat: number, incarnation: number) => reload(seat, incarnation, sink) });
  const counters = openBoard(new SharedArrayBuffer(boardBytes(1)), 1).fleets[0]?.counters as Float64Array;
  const samples: Record<SenderInterval, number[]> = {
    scheduleLag: [],
    clientWait: [],
    serviceTime: [],
    responseTime: [],
  };
  const recorders = Object.fromEntries(
    senderIntervals.map((name) => [name, recorderInto(samples[name])]),
  ) as unknown as EngineFleet['board']['recorders'];
  const slots = DEVICES * 10 * seconds;
  const profile = createSchedule({ rate: { events: DEVICES * 10, perUs: SECOND }, segments: [] });
  const behavior = createBehavior(spec, { seed: 42, fleet: 'phones', endUs: seconds * SECOND });
  if (behavior === null) throw new Error('no behavior');
  const outcomes = new Map<number, Outcome>();
  let again = 0;
  let stop = false;
  const engine: Engine = new Engine({
    clock,
    part: part ?? { index: 0, count: 1 },
    fleets: [
      {
        index: 0,
        devices: DEVICES,
        slots,
        profile,
        behavior,
        sink: 0,
        maxEventBytes: 0,
        board: { counters, recorders },
        append(slot, dueUs, batch: EventBatch) {
          expect([slot, dueUs]).toEqual([Math.floor(slot), profile.timeOf(slot)]);
          if (batch.count === batch.capacity) return false;
          batch.slots[batch.count] = slot;
          batch.seats[batch.count++] = slot % DEVICES;
          return true;
        },
      },
    ],
    backlogSlots: [backlog],
    backlogThen: ['shed'],
    unpaced: false,
    measured: { fromUs: 0, toUs: seconds * SECOND },
    settle: (_fleet, slot, outcome) => {
      expect(outcomes.has(slot) || slot % 1 !== 0, `slot ${slot} settled twice, or is none`).toBe(false);
      outcomes.set(slot, outcome);
    },
    attemptedAgain: (_fleet, attempts) => {
      again += attempts;
    },
    overflow: () => {},
    promisedUs: () => Number.POSITIVE_INFINITY,
    stopRequested: () => stop,
  });
  sink.settled = (slot, sentAtUs, atUs) =>
    engine.settled(0, Float64Array.of(slot), Float64Array.of(sentAtUs), 1, answered, atUs);
  sink.drained = (lane) => engine.drained(0, lane);
  engine.attach([sink as Sink]);
  const startUs = clock.nowUs();
  let ended = false;
  void engine.run({ runId: 'test', startWallUs: 0, startMonoUs: startUs }).then(() => {
    ended = true;
  });
  const intendedOf = (slot: number): number => behavior.releaseAt(slot % DEVICES, profile.timeOf(slot));
  return {
    engine,
    sink,
    behavior,
    profile,
    slots,
    outcomes,
    counters,
    samples,
    intendedOf,
    again: () => again,
    ended: () => ended,
    requestStop: () => {
      stop = true;
    },
    runTo: (us: number) => clock.advanceTo(startUs + us),
    sentAt: () => sink.sent.map(({ slot, atUs }) => ({ slot, us: atUs - startUs })),
  };
}

function perSeat(slots: readonly number[]): number[][] {
  return Array.from({ length: DEVICES }, (_, seat) => slots.filter((slot) => Math.floor(slot) % DEVICES === seat));
}

const ascending = (slots: readonly number[]): number[] => [...slots].sort((a, b) => a - b);

describe('devices that are offline', () => {
  const spec: BehaviorSpec = { offline: { everyUs: 4 * SECOND, forUs: SECOND } };

  it('send when the outage is over, everything once, each device in its order', async () => {
    const w = world({ spec });
    w.runTo(11 * SECOND);
    await Promise.resolve();
    expect(w.ended()).toBe(true);
    const sent = w.sentAt();
    expect(ascending(sent.map(({ slot }) => slot))).toEqual([...Array(w.slots).keys()]);
    for (const slots of perSeat(sent.map(({ slot }) => slot))) expect(slots).toEqual(ascending(slots));
    let held = 0;
    for (const { slot, us } of sent) {
      if (w.intendedOf(slot) > w.profile.timeOf(slot)) held++;
      // A worker wakes up a whole number of milliseconds later, and not for less than one.
      expect(us - w.intendedOf(slot)).toBeGreaterThanOrEqual(0);
      expect(us - w.intendedOf(slot)).toBeLessThan(2_000);
    }
    expect(held).toBeGreaterThan(w.slots * 0.15);
    expect(w.counters[Counter.waiting]).toBe(0);
    expect(w.counters[Counter.pickedUp]).toBe(w.slots);
    // Lag and response count from the end of the outage; what is only sent as the run ends lies outside of the window.
    expect(Math.max(...w.samples.scheduleLag)).toBeLessThan(2_000);
    expect(Math.max(...w.samples.responseTime)).toBeLessThan(3_000);
    const inWindow = [...Array(w.slots).keys()].filter((slot) => w.intendedOf(slot) < 10 * SECOND).length;
    expect(w.samples.responseTime.length).toBe(inWindow);
    expect(inWindow).toBeLessThan(w.slots);
  });

  it('are waited for, and given up where the run is stopped: every slot that was picked up has an outcome', () => {
    const w = world({ spec });
    w.runTo(5 * SECOND);
    const held = w.engine.waiting;
    expect(held).toBeGreaterThan(5);
    expect(w.counters[Counter.waiting]).toBe(held);
    w.requestStop();
    w.runTo(5.2 * SECOND);
    expect(w.ended()).toBe(false);
    w.engine.giveUpWaiting();
    expect(w.engine.waiting).toBe(0);
    expect(w.counters[Counter.waiting]).toBe(0);
    const horizon = w.engine.horizon(0);
    expect(ascending([...w.outcomes.keys()])).toEqual([...Array(horizon).keys()]);
    const unsent = [...w.outcomes].filter(([, outcome]) => outcome === Outcome.notSent).map(([slot]) => slot);
    expect(unsent.length).toBeGreaterThan(5);
    for (const slot of unsent) expect(w.intendedOf(slot)).toBeGreaterThan(5 * SECOND);
  });

  it('keep their order and their events although the target is too slow for the flush', () => {
    const w = world({ spec, window: 1, answerUs: 60_000 });
    w.runTo(20 * SECOND);
    const slots = w.sink.sent.map(({ slot }) => slot);
    expect(ascending(slots)).toEqual([...Array(w.slots).keys()]);
    for (const own of perSeat(slots)) expect(own).toEqual(ascending(own));
    expect(Math.max(...w.samples.clientWait)).toBeGreaterThan(100_000);
  });

  it('are shared out among parts without a gap', () => {
    const parts = [0, 1, 2].map((index) => {
      const w = world({ spec, part: { index, count: 3 } });
      w.runTo(11 * SECOND);
      return w.sink.sent.map(({ slot }) => slot);
    });
    expect(ascending(parts.flat())).toEqual([...Array(2000).keys()]);
  });
});

describe('events that are sent twice', () => {
  const spec: BehaviorSpec = { duplicates: { numerator: 1, denominator: 5 } };

  it.each([
    ['with room', 1000, 500],
    ['through the queue', 1, 60_000],
  ])('go out again right behind the first, and only count as attempts: %s', (_, window, answerUs) => {
    const w = world({ spec, window, answerUs });
    w.runTo(30 * SECOND);
    const expected = [...Array(w.slots).keys()].flatMap((slot) =>
      w.behavior.copiesOf(slot) > 1 ? [slot, slot + 0.5] : [slot],
    );
    const sent = w.sink.sent.map(({ slot }) => slot);
    expect(ascending(sent)).toEqual(expected);
    for (const own of perSeat(sent)) expect(own).toEqual(ascending(own));
    const copies = expected.length - w.slots;
    expect(copies).toBeGreaterThan(300);
    expect(w.again()).toBe(copies);
    expect([...w.outcomes.keys()].length).toBe(w.slots);
    for (const counter of [Counter.pickedUp, Counter.sent, Counter.acked]) expect(w.counters[counter]).toBe(w.slots);
    expect(w.counters[Counter.waiting]).toBe(0);
    for (const name of ['scheduleLag', 'clientWait', 'responseTime'] as const) {
      expect(w.samples[name].length).toBe(w.slots);
    }
  });

  it('are no outcome of their own where the backlog is full or the run is given up', () => {
    const w = world({ spec, window: 1, answerUs: 400_000, backlog: 30 });
    w.runTo(10 * SECOND);
    w.engine.stop();
    w.engine.giveUpWaiting();
    w.runTo(12 * SECOND);
    expect(ascending([...w.outcomes.keys()])).toEqual([...Array(w.engine.horizon(0)).keys()]);
    expect(w.counters[Counter.notSent]).toBeGreaterThan(100);
    expect((w.counters[Counter.notSent] as number) + (w.counters[Counter.sent] as number)).toBe(w.engine.horizon(0));
  });
});

describe('devices that reload', () => {
  it.each([
    ['with room', 1000, 500],
    ['through the queue', 1, 30_000],
  ])(
    'are announced before the first event of the new one, behind the last of the old one: %s',
    (_, window, answerUs) => {
      const order: string[] = [];
      const seen: string[] = [];
      const w = world({
        spec: { churn: { everyUs: 2 * SECOND } },
        window,
        answerUs,
        reload: (seat, incarnation, sink) => {
          seen.push(`${seat} ${incarnation}`);
          const before = sink.sent.filter(({ slot }) => slot % DEVICES === seat).map(({ slot }) => slot);
          order.push(`${seat} ${incarnation} ${before.length}`);
        },
      });
      w.runTo(30 * SECOND);
      expect(w.sink.sent.length).toBe(w.slots);
      const expected: string[] = [];
      for (let seat = 0; seat < DEVICES; seat++) {
        let present = 0;
        for (let n = 0; n < w.slots / DEVICES; n++) {
          const incarnation = w.behavior.incarnationAt(seat, w.profile.timeOf(n * DEVICES + seat));
          if (incarnation !== present) expected.push(`${seat} ${incarnation} ${n}`);
          present = incarnation;
        }
      }
      expect(expected.length).toBeGreaterThan(DEVICES * 4);
      expect([...order].sort()).toEqual([...expected].sort());
      expect(new Set(seen).size).toBe(seen.length);
    },
  );

  it('wait for the connection of the new one', () => {
    let reloads = 0;
    const w = world({
      spec: { churn: { everyUs: 2 * SECOND } },
      reload: (seat, _, sink) => {
        reloads++;
        // The room is withheld until the new device is connected.
        const taken = sink.room[seat] as number;
        sink.room[seat] = 0;
        sink.connect(50, () => {
          sink.room[seat] = taken + (sink.room[seat] as number);
          sink.drained(seat);
        });
      },
    });
    w.runTo(15 * SECOND);
    expect(reloads).toBeGreaterThan(DEVICES * 4);
    const slots = w.sink.sent.map(({ slot }) => slot);
    expect(ascending(slots)).toEqual([...Array(w.slots).keys()]);
    for (const own of perSeat(slots)) expect(own).toEqual(ascending(own));
    expect(w.samples.clientWait.filter((us) => us >= 49_000).length).toBeGreaterThanOrEqual(reloads);
  });
});
