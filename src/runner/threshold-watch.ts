import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { type Board, Counter } from '../engine/board.ts';
import type { Start } from '../engine/protocol.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../metrics/threshold.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { judgeThreshold } from '../verify/threshold-check.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';
import type { BrokenThreshold } from '../wire/sent-record.ts';
import { figuresSoFar, type ScopeSoFar } from './figures-so-far.ts';
import { generatorHealth } from './generator-health.ts';
import type { GeneratorWatch } from './generator-watch.ts';
import type { Latencies } from './latencies.ts';
import type { ReaderSoFar } from './reader-so-far.ts';
import { sumCounters } from './run-progress.ts';

const SECOND_MS = 1_000;
/** What was due less than this ago may still be on its way out. */
const SLACK_US = 1_000_000;

export interface ThresholdWatchOptions {
  plan: Plan;
  shard: Part;
  clock: Clock;
  boards: readonly Board[];
  latencies: Latencies;
  watch: GeneratorWatch;
  /** What was read back so far at a target, or, of anything else, everywhere; null where nobody has told. */
  read?(scope: string | null): ReaderSoFar | null;
  /** Once: the first threshold that failed. */
  broken(threshold: BrokenThreshold): void;
}

interface Watched {
  expression: string;
  fromUs: Micros;
  /** Bounds that it stands for, each about the whole of its scope; two for an equality. */
  bounds: Threshold[];
  /** Places in the plan of the fleets in its scope. */
  places: number[];
  scope: string | null;
}

/**
 * Judges those thresholds of a run that may end it, once a second while it is sending, from the end of the warm-up or their `after` on.
 * Only what is certain counts: nothing that may still come out well breaks a threshold, nor anything while the generator itself is the
 * limit. What was before `after` is not left out, as with k6's `delayAbortEval`; a resumed run is judged by what came since then. Returns
 * what ends the watch.
 */
export function watchThresholds(options: ThresholdWatchOptions, start: Start): () => void {
  const { plan, clock, broken } = options;
  const watched = watchedOf(plan);
  if (watched.length === 0) return () => {};
  const run = new RunSoFar(options, start);
  const lengthUs = pacedLengthUs(plan);
  const cancel = clock.every(SECOND_MS, () => {
    const nowUs = clock.nowUs() - start.anchor.startMonoUs;
    // What is known when everything was sent is judged with everything else.
    if (lengthUs > 0 && nowUs >= lengthUs) return cancel();
    const due = watched.filter(({ fromUs }) => nowUs >= fromUs);
    const found = due.length === 0 ? null : run.firstBroken(due, nowUs);
    if (found === null) return;
    cancel();
    broken(found);
  });
  return cancel;
}

function watchedOf(plan: Plan): Watched[] {
  const scopes = [...plan.fleets, ...plan.targets].map(({ name }) => name);
  const fromUs = plan.clock.speed === 'max' ? 0 : plan.run.warmUpUs;
  return plan.thresholds.flatMap(({ expression, skipped, afterUs, abortOnFail }): Watched[] => {
    const threshold = parseThreshold(expression, scopes);
    if (abortOnFail !== true || skipped !== undefined || isThresholdError(threshold)) return [];
    const { scope } = threshold;
    const places = plan.fleets.flatMap(({ name, target }, place) =>
      scope === null || name === scope || plan.targets[target]?.name === scope ? [place] : [],
    );
    const whole: Threshold = { ...threshold, scope: null };
    const bounds: Threshold[] =
      whole.operator === '=='
        ? [
            { ...whole, operator: '<=' },
            { ...whole, operator: '>=' },
          ]
        : [whole];
    return [{ expression, fromUs: afterUs ?? fromUs, bounds, places, scope }];
  });
}

/** The figures of a run that is being sent. */
class RunSoFar {
  readonly #options: ThresholdWatchOptions;
  readonly #start: Start;
  readonly #profiles: RateProfile[];
  readonly #ordinals: PartOrdinals[];

  constructor(options: ThresholdWatchOptions, start: Start) {
    const { plan, shard } = options;
    this.#options = options;
    this.#start = start;
    this.#profiles = plan.fleets.map(({ schedule }) => createSchedule(schedule));
    this.#ordinals = plan.fleets.map(({ devices }) => new PartOrdinals(shard, devices));
  }

  /** The first threshold that is certainly broken at this slot time. */
  firstBroken(watched: readonly Watched[], nowUs: Micros): BrokenThreshold | null {
    const { plan, boards, latencies, watch } = this.#options;
    latencies.fold();
    const all = this.#scope(
      plan.fleets.map((_, place) => place),
      null,
      nowUs,
    );
    const { pickedUp } = all.counts;
    const cursors = boards.length * plan.fleets.length;
    const generator = generatorHealth(plan, all.latency('scheduleLag'), all.due ?? pickedUp, pickedUp, cursors, watch);
    for (const { expression, bounds, places, scope: name } of watched) {
      const scope = this.#scope(places, name, nowUs);
      const reader = scope.reader === null ? null : { finished: true, doubts: scope.reader.doubts };
      for (const bound of bounds) {
        const run = figuresSoFar(bound, scope);
        if (run === null) continue;
        const { status, observed } = judgeThreshold(bound, { run, reader, generator });
        if (status === 'fail') return { expression, observed, atUs: Math.round(nowUs) };
      }
    }
    return null;
  }

  #scope(places: readonly number[], name: string | null, nowUs: Micros): ScopeSoFar {
    const { plan, boards, latencies, read } = this.#options;
    const counts = sumCounters(boards, places);
    const paced = plan.clock.speed !== 'max';
    const untilUs = nowUs - SLACK_US;
    const sum = (of: (place: number) => number): number => places.reduce((total, place) => total + of(place), 0);
    return {
      counts,
      held: sum((place) => (plan.fleets[place]?.behavior?.offline === undefined ? 0 : waitingOf(boards, place))),
      due: paced ? sum((place) => this.#dueBy(place, untilUs)) : null,
      dueUs: untilUs - this.#start.fromUs,
      slots: sum((place) => this.#below(place, plan.fleets[place]?.slots ?? 0)),
      lengthUs: pacedLengthUs(plan),
      latency: (interval) => latencies.overall(interval, places).summarise(),
      verify: plan.verify,
      identities: places.map((place) => (plan.fleets[place] as FleetPlan).payload.identity),
      reader: read?.(name) ?? null,
    };
  }

  /** Slots of this shard since the start that were due before this slot time. */
  #dueBy(place: number, us: Micros): number {
    const { slots } = this.#options.plan.fleets[place] as Plan['fleets'][number];
    const due = us <= 0 ? 0 : (this.#profiles[place] as RateProfile).dueBy(us);
    return Math.max(0, this.#below(place, Math.min(slots, due)) - this.#below(place, this.#start.from[place] ?? 0));
  }

  #below(place: number, slot: number): number {
    return (this.#ordinals[place] as PartOrdinals).below(slot);
  }
}

function waitingOf(boards: readonly Board[], place: number): number {
  return boards.reduce((sum, { fleets }) => sum + (fleets[place]?.counters[Counter.waiting] ?? 0), 0);
}
