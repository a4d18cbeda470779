import type { Micros } from '../core/clock.ts';
import { type Board, type SenderInterval, senderIntervals } from '../engine/board.ts';
import { type BucketCounts, bucketCounts } from '../metrics/bucket-counts.ts';
import type { FleetPlan, Plan, TargetPlan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { VerifierProgress } from '../verify/protocol.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';
import type { SentCounter } from '../wire/sent-counters.ts';
import type { GeneratorWatch } from './generator-watch.ts';
import type { Latencies } from './latencies.ts';
import type { RunOptions } from './run-options.ts';
import { type ProgressMeter, type RunProgress, sumCounters } from './run-progress.ts';
import type { Verifications } from './verifications.ts';

/** The target rate of a moment is that of so much time around it. */
const RATE_WINDOW_US = 10_000_000;

/** What a run has done so far, as counts that only grow while it lasts; of this shard, since it was started or last resumed. */
export interface LiveFigures {
  progress: RunProgress;
  /** As the plan has them: a fleet that sends to several targets once for each. */
  fleets: LiveFleet[];
  generator: ReturnType<GeneratorWatch['moment']>;
  verifiers: { target: string; progress: VerifierProgress }[];
}

export interface LiveFleet {
  name: string;
  target: string;
  /** Of this shard, as are all events here. */
  devices: number;
  /** Events of the whole run. */
  planned: number;
  /** Events whose time by the schedule has come; null where nothing is paced. */
  due: number | null;
  /** Events a second that the schedule asks for now; 0 before and after it, null where nothing is paced. */
  targetPerSecond: number | null;
  counts: Record<SentCounter, number>;
  /** As of about a second ago; in the end, all of them. */
  intervals: Record<SenderInterval, BucketCounts>;
}

interface PlacedFleet {
  plan: FleetPlan;
  schedule: RateProfile;
  ordinals: PartOrdinals;
  devices: number;
}

interface LiveParts {
  boards: readonly Board[];
  latencies: Latencies;
  meter: ProgressMeter;
  watch: GeneratorWatch;
  verifications: Verifications | undefined;
}

/** Lets whoever observes the run look at it from now on. */
export function showLive(
  options: RunOptions & { runId: string },
  boards: readonly Board[],
  latencies: Latencies,
  meter: ProgressMeter,
  watch: GeneratorWatch,
  verifications: Verifications | undefined,
): void {
  options.observer.live?.(new LiveRun(options, { boards, latencies, meter, watch, verifications }));
}

/** A run under way, to be looked at from outside: a look reads shared memory and costs the workers nothing. */
export class LiveRun {
  readonly plan: Plan;
  readonly planDigest: string;
  readonly runId: string;
  readonly shard: string;
  readonly workers: number;
  readonly #parts: LiveParts;
  readonly #fleets: readonly PlacedFleet[];
  readonly #pacedUs: Micros;

  constructor({ plan, runId, shard, workers }: RunOptions & { runId: string }, parts: LiveParts) {
    this.plan = plan;
    this.planDigest = planDigest(plan);
    this.runId = runId;
    this.shard = `${shard.index}/${shard.count}`;
    this.workers = workers;
    this.#parts = parts;
    this.#pacedUs = pacedLengthUs(plan);
    this.#fleets = plan.fleets.map((fleet) => ({
      plan: fleet,
      schedule: createSchedule(fleet.schedule),
      ordinals: new PartOrdinals(shard, fleet.devices),
      devices: new PartOrdinals(shard, fleet.devices).below(fleet.devices),
    }));
  }

  read(): LiveFigures {
    const { meter, watch, verifications } = this.#parts;
    // Folds the latencies about once a second, which is what they cost most; more often would be for nobody.
    const progress = meter.again();
    return {
      progress,
      fleets: this.#fleets.map((_, place) => this.#fleet(place, progress.elapsedUs)),
      generator: watch.moment(),
      verifiers: verifications?.progress ?? [],
    };
  }

  #fleet(place: number, elapsedUs: Micros): LiveFleet {
    const { boards, latencies } = this.#parts;
    const { plan, devices } = this.#fleets[place] as PlacedFleet;
    const intervals = senderIntervals.map((interval) => [interval, bucketCounts(latencies.of(place, interval))]);
    return {
      name: plan.name,
      target: (this.plan.targets[plan.target] as TargetPlan).name,
      devices,
      planned: this.#dueBy(place, Number.POSITIVE_INFINITY),
      due: this.#pacedUs === 0 ? null : this.#dueBy(place, elapsedUs),
      targetPerSecond: this.#pacedUs === 0 ? null : this.#rateAt(place, elapsedUs),
      counts: sumCounters(boards, [place]),
      intervals: Object.fromEntries(intervals) as Record<SenderInterval, BucketCounts>,
    };
  }

  #rateAt(place: number, elapsedUs: Micros): number {
    if (elapsedUs < 0 || elapsedUs > this.#pacedUs) return 0;
    const from = Math.max(0, elapsedUs - RATE_WINDOW_US / 2);
    const to = Math.min(this.#pacedUs, elapsedUs + RATE_WINDOW_US / 2);
    return ((this.#dueBy(place, to) - this.#dueBy(place, from)) * 1e6) / (to - from);
  }

  /** Events of this shard that are due before this slot time. */
  #dueBy(place: number, elapsedUs: Micros): number {
    const { plan, schedule, ordinals } = this.#fleets[place] as PlacedFleet;
    if (elapsedUs <= 0) return 0;
    const due = elapsedUs === Number.POSITIVE_INFINITY ? plan.slots : schedule.dueBy(elapsedUs);
    return ordinals.below(Math.min(plan.slots, due));
  }
}
