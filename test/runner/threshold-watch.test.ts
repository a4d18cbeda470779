import { describe, expect, it } from 'vitest';
import { type Board, boardBytes, Counter, openBoard } from '../../src/engine/board.ts';
import type { Plan, ThresholdPlan } from '../../src/plan/plan.ts';
import { GeneratorWatch } from '../../src/runner/generator-watch.ts';
import { Latencies } from '../../src/runner/latencies.ts';
import type { ReaderSoFar } from '../../src/runner/reader-so-far.ts';
import { watchThresholds } from '../../src/runner/threshold-watch.ts';
import type { BrokenThreshold } from '../../src/wire/sent-record.ts';
import { testQuantiles } from '../metrics/test-result.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

const anchor = { runId: 'r1', startWallUs: 0, startMonoUs: 2_000_000 };

/** Two fleets of 1 000 events a second each for an hour, to one target each, and a worker whose board the test fills. */
class Bench {
  readonly clock = new VirtualClock();
  readonly board: Board = openBoard(new SharedArrayBuffer(boardBytes(2)), 2);
  readonly found: BrokenThreshold[] = [];
  readonly cancel: () => void;
  /** What was read back so far, by the scope that is asked for. */
  read: (scope: string | null) => ReaderSoFar | null = () => null;
  #second = 0;

  constructor(
    thresholds: ThresholdPlan[],
    change: Partial<Plan> = {},
    start: Partial<{ fromUs: number; from: number[] }> = {},
  ) {
    const base = testPlan([
      { devices: 10, slots: 3_600_000 },
      { devices: 10, slots: 3_600_000 },
    ]);
    const fleets = base.fleets.map((fleet, target) => ({ ...fleet, target }));
    const targets = ['edge', 'lake'].map((name) => ({ name, protocol: 'file', options: {} }));
    const plan: Plan = { ...base, fleets, targets, thresholds, ...change };
    const { clock, board } = this;
    const watch = new GeneratorWatch(clock, 1);
    const latencies = new Latencies([board], 2);
    const broken = (threshold: BrokenThreshold): void => void this.found.push(threshold);
    this.cancel = watchThresholds(
      {
        plan,
        shard: { index: 0, count: 1 },
        clock,
        boards: [board],
        latencies,
        watch,
        read: (scope) => this.read(scope),
        broken,
      },
      { anchor, fromUs: 0, from: [0, 0], ...start },
    );
  }

  /** A second in which each fleet picks up and sends 1 000 events, of which some of the first are not acknowledged in time. */
  second({ unknown = 0, lagUs = 0, responseUs = 1_000 } = {}): BrokenThreshold[] {
    // The first one ends a second after slot time 0.
    this.#second++;
    for (const [fleet, { counters, recorders }] of this.board.fleets.entries()) {
      const add = (name: keyof typeof Counter, count: number): void => {
        counters[Counter[name]] = (counters[Counter[name]] as number) + count;
      };
      add('pickedUp', 1_000);
      add('sent', 1_000);
      add('unknown', fleet === 0 ? unknown : 0);
      add('acked', 1_000 - (fleet === 0 ? unknown : 0));
      for (let i = 0; i < 1_000; i++) {
        recorders.scheduleLag.record(lagUs);
        recorders.responseTime.record(fleet === 0 ? responseUs : 1_000);
      }
    }
    this.clock.advanceTo(anchor.startMonoUs + this.#second * 1_000_000 + 1);
    return this.found;
  }
}

const ends = (expression: string, afterUs?: number): ThresholdPlan => ({
  expression,
  ...(afterUs === undefined ? {} : { afterUs }),
  abortOnFail: true,
});

describe('watchThresholds', () => {
  it('tells of the first that breaks, once', () => {
    const bench = new Bench([ends('response_time p99 < 1s'), ends('unknown < 1%')]);
    expect(bench.second()).toEqual([]);
    const told = [{ expression: 'unknown < 1%', observed: '1.25 % (50 of 4000)', atUs: 2_000_000 }];
    expect(bench.second({ unknown: 50 })).toEqual(told);
    expect(bench.second({ unknown: 1_000 })).toEqual(told);
  });

  it('looks at nobody who does not ask for it, or is skipped', () => {
    const bench = new Bench([{ expression: 'unknown == 0' }, { ...ends('unknown == 0'), skipped: 'too short' }]);
    expect(bench.second({ unknown: 1_000 })).toEqual([]);
  });

  it('looks at the fleet or target that is named', () => {
    const [first, other] = [ends('fleet0.unknown < 2%'), ends('fleet1.unknown < 2%')];
    expect(new Bench([first]).second({ unknown: 30 })).toMatchObject([{ observed: '3 % (30 of 1000)' }]);
    expect(new Bench([other]).second({ unknown: 30 })).toEqual([]);
    expect(new Bench([ends('edge.response_time p99 < 1s')]).second({ responseUs: 2_000_000 })).toHaveLength(1);
    expect(new Bench([ends('lake.response_time p99 < 1s')]).second({ responseUs: 2_000_000 })).toEqual([]);
  });

  it('ends a run for what was read back, at the target that is named, unless the reader is in doubt', () => {
    const verify = { read: 0, others: [1], expect: 'at-least-once', order: true, graceUs: 0 } as const;
    const reader: ReaderSoFar = {
      ...{ duplicates: 0, reordered: 0, corrupt: 0, foreign: 0, doubts: [] },
      endToEnd: testQuantiles({ count: 2_000 }),
    };
    const bench = (expression: string): Bench => new Bench([ends(expression)], { verify: { ...verify, others: [1] } });
    const doubled = bench('duplicates == 0');
    doubled.read = () => reader;
    expect(doubled.second()).toEqual([]);
    doubled.read = () => ({ ...reader, duplicates: 7 });
    expect(doubled.second()).toEqual([{ expression: 'duplicates == 0', observed: '7', atUs: 2_000_000 }]);
    const slow = bench('lake.end_to_end p99 < 4ms');
    const asked: (string | null)[] = [];
    slow.read = (scope) => {
      asked.push(scope);
      return { ...reader, doubts: ['the reader stood still'] };
    };
    expect(slow.second()).toEqual([]);
    slow.read = () => reader;
    expect(slow.second()).toMatchObject([{ observed: '5 ms' }]);
    expect(asked).toContain('lake');
    expect(bench('duplicates == 0').second()).toEqual([]);
  });

  it('begins with the measurement, or at its own time, and then counts everything', () => {
    const run = { warmUpUs: 2_000_000, durationUs: 3_598_000_000, drainUs: 0 };
    const warm = new Bench([ends('unknown == 0')], { run });
    expect(warm.second({ unknown: 1 })).toEqual([]);
    expect(warm.second()).toMatchObject([{ observed: '1', atUs: 2_000_000 }]);
    const later = new Bench([ends('unknown == 0', 3_000_000)], { run });
    expect([later.second({ unknown: 1 }), later.second()]).toEqual([[], []]);
    expect(later.second()).toMatchObject([{ observed: '1', atUs: 3_000_000 }]);
  });

  it('is over when everything was sent', () => {
    const run = { warmUpUs: 0, durationUs: 2_000_000, drainUs: 0 };
    const bench = new Bench([ends('unknown == 0')], { run });
    bench.second();
    expect(bench.second({ unknown: 1 })).toEqual([]);
  });

  it('accuses nobody of what the generator did', () => {
    const late = new Bench([ends('response_time p99 < 100ms')]);
    expect(late.second({ responseUs: 500_000, lagUs: 450_000 })).toEqual([]);
    const inTime = new Bench([ends('response_time p99 < 100ms')]);
    expect(inTime.second({ responseUs: 500_000 })).toHaveLength(1);
  });

  it('holds an equality from both sides', () => {
    expect(new Bench([ends('acked == 100%')]).second({ unknown: 1 })).toMatchObject([{ expression: 'acked == 100%' }]);
    expect(new Bench([ends('acked == 100%')]).second()).toEqual([]);
    expect(new Bench([ends('acked == 5k')]).second()).toEqual([]);
  });

  it('judges a resumed run by what came since', () => {
    const rate = ends('achieved_rate >= 99%');
    const resumed = { fromUs: 0, from: [0, 0] };
    const bench = new Bench([rate], {}, resumed);
    bench.second();
    expect(bench.second()).toEqual([]);
    // Slots that fell due while nobody was there are not asked for.
    const late = new Bench([rate], {}, { fromUs: 1_000_000, from: [1_000, 1_000] });
    expect([late.second(), late.second(), late.second()]).toEqual([[], [], []]);
  });

  it('can be ended', () => {
    const bench = new Bench([ends('unknown == 0')]);
    bench.cancel();
    expect(bench.second({ unknown: 1 })).toEqual([]);
  });
});
