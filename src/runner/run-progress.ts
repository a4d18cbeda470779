import type { Anchor } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { Board } from '../engine/board.ts';
import type { Plan } from '../plan/plan.ts';
import { pacedLengthUs, planLengthUs } from '../plan/plan-length.ts';
import { type SentCounter, sentCounters } from '../wire/sent-counters.ts';
import type { Latencies } from './latencies.ts';

/** What a run is doing. */
export type RunPhase = 'connecting' | 'probing' | 'starting' | 'warm-up' | 'measuring' | 'draining' | 'verifying';

/** What a run has done so far, over all workers and fleets. */
export interface RunProgress {
  phase: RunPhase;
  /** µs since slot time 0; negative before. Unpaced: how far the schedule has been worked through. */
  elapsedUs: Micros;
  totalUs: Micros;
  /** 0 where nothing is paced. */
  targetPerSecond: number;
  /** Over the last second or so. */
  achievedPerSecond: number;
  counts: Record<SentCounter, number>;
  /** Distinct events the verifier has seen unaltered; null without a verifier. */
  verified: number | null;
  responseP50Us: Micros | null;
  responseP99Us: Micros | null;
  lagP99Us: Micros | null;
  errors: number;
}

/** Sum of each counter over workers and fleets, or those at some places of the plan. */
export function sumCounters(boards: readonly Board[], places?: readonly number[]): Record<SentCounter, number> {
  const sums = Object.fromEntries(sentCounters.map((name) => [name, 0])) as Record<SentCounter, number>;
  for (const board of boards) {
    board.fleets.forEach(({ counters }, index) => {
      if (places?.includes(index) === false) return;
      sentCounters.forEach((name, i) => {
        sums[name] += counters[i] as number;
      });
    });
  }
  return sums;
}

/** The achieved rate looks back this far. */
const RATE_WINDOW_US = 1_000_000;
const REFRESH_US = 1_000_000;

/** Reads the boards of a running crew. */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #plan: Plan;
  readonly #boards: readonly Board[];
  readonly #latencies: Latencies;
  readonly #targetPerSecond: number;
  readonly #slots: number;
  readonly #lengthUs: Micros;
  readonly #history: { atUs: Micros; sent: number }[] = [];
  #startUs = Number.POSITIVE_INFINITY;
  #last: Parameters<ProgressMeter['read']> = ['connecting', null, 0];
  #refreshUs = 0;
  #quantiles: Pick<RunProgress, 'responseP50Us' | 'responseP99Us' | 'lagP99Us'> = {
    responseP50Us: null,
    responseP99Us: null,
    lagP99Us: null,
  };

  constructor(clock: Clock, plan: Plan, boards: readonly Board[], latencies: Latencies, slots: number) {
    this.#clock = clock;
    this.#plan = plan;
    this.#boards = boards;
    this.#latencies = latencies;
    this.#lengthUs = planLengthUs(plan);
    this.#slots = slots;
    const pacedUs = pacedLengthUs(plan);
    this.#targetPerSecond = pacedUs === 0 ? 0 : (slots * 1e6) / pacedUs;
  }

  /** From here on, time is told from the anchor. */
  start(anchor: Anchor): void {
    this.#startUs = anchor.startMonoUs;
  }

  /** As of this moment, of what `read` was last told. */
  again(): RunProgress {
    return this.read(...this.#last);
  }

  read(phase: RunPhase, verified: number | null, errors: number): RunProgress {
    this.#last = [phase, verified, errors];
    const { warmUpUs } = this.#plan.run;
    const nowUs = this.#clock.nowUs();
    const counts = sumCounters(this.#boards);
    this.#refreshQuantiles(nowUs);
    const elapsedUs = this.#elapsedUs(nowUs, counts.pickedUp);
    return {
      phase: phase !== 'measuring' || elapsedUs >= warmUpUs ? phase : elapsedUs < 0 ? 'starting' : 'warm-up',
      elapsedUs,
      totalUs: this.#lengthUs,
      targetPerSecond: this.#targetPerSecond,
      achievedPerSecond: this.#achieved(nowUs, counts.sent),
      counts,
      verified,
      ...this.#quantiles,
      errors,
    };
  }

  /** Folding and ranking cost more than the rest of a reading: once a second is enough, and soon enough for 32-bit cells. */
  #refreshQuantiles(nowUs: Micros): void {
    if (nowUs < this.#refreshUs) return;
    this.#refreshUs = nowUs + REFRESH_US;
    this.#latencies.fold();
    const response = this.#latencies.overall('responseTime');
    const lag = this.#latencies.overall('scheduleLag');
    this.#quantiles = {
      responseP50Us: response.count === 0 ? null : response.quantile(0.5),
      responseP99Us: response.count === 0 ? null : response.quantile(0.99),
      lagP99Us: lag.count === 0 ? null : lag.quantile(0.99),
    };
  }

  #elapsedUs(nowUs: Micros, pickedUp: number): Micros {
    if (!Number.isFinite(this.#startUs)) return 0;
    if (this.#plan.clock.speed !== 'max') return nowUs - this.#startUs;
    return this.#slots === 0 ? 0 : Math.floor((this.#lengthUs * pickedUp) / this.#slots);
  }

  #achieved(nowUs: Micros, sent: number): number {
    const history = this.#history;
    history.push({ atUs: nowUs, sent });
    while (history.length > 2 && (history[1] as { atUs: Micros }).atUs <= nowUs - RATE_WINDOW_US) history.shift();
    const first = history[0] as { atUs: Micros; sent: number };
    return nowUs === first.atUs ? 0 : ((sent - first.sent) * 1e6) / (nowUs - first.atUs);
  }
}
