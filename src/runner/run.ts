import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor, Part } from '../core/anchor.ts';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import type { FromWorker } from '../engine/protocol.ts';
import type { RunResult } from '../metrics/result.ts';
import { planDigest, redactPlan } from '../plan/digest.ts';
import type { Plan } from '../plan/plan.ts';
import { SentWriter } from '../wire/sent-file.ts';
import { composeResult } from './compose-result.ts';
import { type EmbeddedBrokers, startEmbeddedBrokers } from './embedded-brokers.ts';
import { GeneratorWatch } from './generator-watch.ts';
import { Latencies } from './latencies.ts';
import { createRunDirectory, defaultRunDirectory, runFiles, writeRunFile } from './run-directory.ts';
import { ProgressMeter, type RunProgress } from './run-progress.ts';
import type { Verification } from './verification.ts';
import type { WorkerCrew, WorkerEnd } from './worker-crew.ts';

export interface RunOptions {
  plan: Plan;
  runId: string;
  shard: Part;
  workers: number;
  /** Results directory; null for the default, a new one for every run. */
  out: string | null;
  /** Wall-clock instant of slot time 0; null for "as soon as everything is ready". */
  startAtWallUs: Micros | null;
  /** The command as typed, for the result. */
  command: string;
  clock: Clock;
  observer: RunObserver;
}

export interface RunObserver {
  progress(progress: RunProgress): void;
  /** One line about something that happened. */
  note(text: string): void;
}

export interface RunHandle {
  /** The result, already written to `dir`. Rejects when the run ended before anything was sent. */
  finished: Promise<{ result: RunResult; dir: string }>;
  /** Stops sending, drains, and lets `finished` resolve with what there is. */
  stop(): void;
}

/** Between the workers' release and slot time 0: long enough for every thread to compile its events and be asleep before. */
const LEAD_US = 300_000;
const PROGRESS_MS = 250;

/** Starts a run: brokers, workers and verifier, readiness, the load, the drain, the settlement, the result files. */
export function startRun(options: RunOptions): RunHandle {
  const run = new Run(options);
  return { finished: run.execute(), stop: () => run.stop() };
}

class Run {
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #watch: GeneratorWatch;
  readonly #cancels: (() => void)[] = [];
  #phase: RunProgress['phase'] = 'connecting';
  #crew: WorkerCrew | undefined;
  #sent: SentWriter | undefined;
  #verification: Verification | undefined;
  #interrupt: () => void = () => {};
  #interrupted = false;
  #stoppedAtUs: Micros | null = null;
  #deaths: IotloadError[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#watch = new GeneratorWatch(options.clock, options.workers);
  }

  stop(): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    this.#stoppedAtUs ??= this.#clock.nowUs();
    this.#interrupt();
    this.#crew?.stop();
    this.#verification?.hurry();
  }

  async execute(): Promise<{ result: RunResult; dir: string }> {
    const { plan, clock } = this.#options;
    this.#refuseLateStart();
    const dir = createRunDirectory(this.#options.out ?? defaultRunDirectory(plan, clock.wallUs()));
    let embedded: EmbeddedBrokers | undefined;
    let sending = false;
    try {
      embedded = await startEmbeddedBrokers(plan);
      const crew = this.#startCrew(embedded.plan);
      const latencies = new Latencies(crew.boards, plan.fleets.length);
      const meter = new ProgressMeter(clock, plan, crew.boards, latencies);
      this.#cancels.push(
        clock.every(PROGRESS_MS, () => {
          this.#options.observer.progress(meter.read(this.#phase, this.#verification?.verified ?? null));
        }),
      );
      this.#cancels.push(clock.every(1000, () => this.#watch.checkClocks()));
      await this.#becomeReady(embedded.plan, crew, dir);
      const anchor = this.#fixAnchor();
      writeRunFile(dir, runFiles.plan, planDocument(this.#options, anchor));
      this.#sent = await SentWriter.open(join(dir, runFiles.sent));
      sending = true;
      meter.start(anchor);
      const ends = await this.#send(crew, anchor);
      this.#phase = 'verifying';
      await this.#sent.end();
      const seen = (await this.#verification?.finish(plan.verify?.graceUs ?? 0)) ?? null;
      latencies.fold();
      const result = await composeResult({
        options: this.#options,
        planDigest: planDigest(plan),
        dir,
        anchor,
        ends,
        deaths: this.#deaths,
        boards: crew.boards,
        latencies,
        watch: this.#watch,
        verification: seen,
        ended: this.#interrupted ? 'interrupted' : null,
        stoppedAtUs: this.#stoppedAtUs,
      });
      return { result, dir };
    } catch (error) {
      if (!sending) rmSync(dir, { recursive: true, force: true });
      throw error;
    } finally {
      for (const cancel of this.#cancels) cancel();
      await this.#crew?.close();
      await this.#verification?.close();
      await embedded?.stop();
    }
  }
}
