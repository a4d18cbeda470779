import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import { residentBytes } from '../core/process-usage.ts';
import { holdYoungSpace } from '../core/young-space.ts';
import { Counter } from '../engine/board.ts';
import type { ErrorTally, FromWorker, Start } from '../engine/protocol.ts';
import { readyPlan } from '../events/ready-plan.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import { ConnectionNotices } from '../targets/connection-notices.ts';
import type { NoticeKind } from '../targets/target.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';
import { PartitionTally } from '../wire/partition-counts.ts';
import type { BrokenThreshold } from '../wire/sent-record.ts';
import { concludeRun, type SentLoad } from './conclude-run.ts';
import { ConnectProgress } from './connect-progress.ts';
import { dueBy } from './generator-health.ts';
import { GeneratorWatch } from './generator-watch.ts';
import { Latencies } from './latencies.ts';
import { showLive } from './live-run.ts';
import { memoryExceeded } from './memory-limit.ts';
import { checkMachine } from './preflight.ts';
import { prepareTargets } from './prepare-targets.ts';
import { type ReaderSoFar, sinceFirstTold } from './reader-so-far.ts';
import { awaitProbe, refuseLateStart } from './readiness.ts';
import { inDirectory, type RealTargets, startEmbeddedBrokers } from './real-targets.ts';
import { describeResumption, type EarlierRun, findEarlierRun } from './resume.ts';
import { startRunBridges } from './run-bridge.ts';
import { claimRun } from './run-lock.ts';
import type { RunOptions } from './run-options.ts';
import { ProgressMeter, type RunPhase } from './run-progress.ts';
import { claimDirectory, fixStart, keepRecord } from './run-start.ts';
import { scheduleFaults } from './scripted-faults.ts';
import type { SentKeeper } from './sent-keeper.ts';
import { watchThresholds } from './threshold-watch.ts';
import { announceTimeline } from './timeline-text.ts';
import { unsettled } from './unsettled.ts';
import { Verifications } from './verifications.ts';
import { WorkerCrew } from './worker-crew.ts';

export interface RunHandle {
  /** The result, already written to `dir`. Rejects when the run ended before anything was sent. */
  finished: Promise<{ result: RunResult; dir: string }>;
  /** Stops sending, drains, and lets `finished` resolve with what there is. */
  stop(): void;
}

const PROGRESS_MS = 250;
/** What goes on and on is told anew so often at least. */
const LONGEST_QUIET_MS = 8_000;
/** How long arrivals are awaited after an interrupt. */
const INTERRUPTED_GRACE_US = 5_000_000;

/** Starts a run: brokers, workers and verifier, readiness, the load, the drain, the settlement, the result files. */
export function startRun(options: RunOptions): RunHandle {
  let run: Run | undefined;
  let stopped = false;
  const execute = async (): Promise<{ result: RunResult; dir: string }> => {
    const { resume = false, out, plan, shard } = options;
    const earlier = resume && out !== null ? await findEarlierRun(out, plan, shard, options.runId) : null;
    const runId = earlier?.begun?.anchor.runId ?? options.runId ?? newRunId();
    run = new Run({ ...options, runId, workers: earlier?.workers ?? options.workers }, earlier);
    if (stopped) run.stop();
    return run.execute();
  };
  return {
    finished: execute(),
    stop: () => {
      stopped = true;
      run?.stop();
    },
  };
}

class Run {
  readonly #options: RunOptions & { runId: string };
  readonly #earlier: EarlierRun | null;
  readonly #clock: Clock;
  readonly #watch: GeneratorWatch;
  readonly #cancels: (() => void)[] = [];
  /** Events that the target may pass on twice by no fault of its own. */
  #doubled = 0;
  /** What targets told, on its way to the user: no flood, whatever goes on. */
  readonly #notices: ConnectionNotices;
  readonly #incidents: ErrorTally[] = [];
  readonly #connecting: ConnectProgress;
  /** What each target's partitions took, of all workers. */
  readonly #partitions: readonly PartitionTally[];
  readonly #interruption: Promise<void>;
  #interrupt: () => void = () => {};
  #phase: RunPhase = 'connecting';
  #embedded: RealTargets | undefined;
  #crew: WorkerCrew | undefined;
  #keeper: SentKeeper | undefined;
  #verification: Verifications | undefined;
  #endBridges = async (): Promise<void> => {};
  #ended: RunResult['run']['ended'] = 'completed';
  #stoppedUs: Micros | null = null;
  #broken: BrokenThreshold | undefined;
  #probeFailure: IotloadError | null = null;
  #disconnects = 0;

  constructor(options: RunOptions & { runId: string }, earlier: EarlierRun | null) {
    this.#options = options;
    this.#earlier = earlier;
    this.#clock = options.clock;
    this.#connecting = new ConnectProgress(options.clock, this.#note);
    const tell = (_: NoticeKind, text: string, count: number): void =>
      this.#note(count > 1 ? `${text} (${count} times)` : text);
    this.#notices = new ConnectionNotices(options.clock, tell, LONGEST_QUIET_MS);
    this.#watch = new GeneratorWatch(options.clock, options.workers);
    this.#partitions = options.plan.targets.map(() => new PartitionTally());
    this.#interruption = new Promise((resolve) => {
      this.#interrupt = resolve;
    });
  }

  /** Something was sent before, or may have been. */
  get #goesOn(): boolean {
    return (this.#earlier?.begun ?? null) !== null;
  }

  stop(): void {
    if (this.#ended !== 'completed') return;
    this.#cutShort('interrupted');
    this.#interrupt();
    if (this.#phase === 'verifying') this.#verification?.hurry(INTERRUPTED_GRACE_US);
  }

  async execute(): Promise<{ result: RunResult; dir: string }> {
    const { plan, clock, runId } = this.#options;
    if (this.#earlier !== null) this.#note(describeResumption(this.#earlier));
    if (!this.#goesOn) refuseLateStart(clock, this.#options.startAtWallUs);
    await readyPlan(plan);
    const directory = claimDirectory(this.#options, this.#earlier);
    const dir = directory.path;
    const release = claimRun(dir);
    let letGo = (): void => {};
    try {
      const embedded = await startEmbeddedBrokers(inDirectory(plan, dir));
      this.#embedded = embedded;
      await checkMachine(embedded.plan, runId, this.#options.shard, this.#options.workers);
      await prepareTargets(embedded.plan, {
        clock,
        runId,
        env: process.env,
        notice: (target, kind, detail) => this.#warned(target, kind, detail),
      });
      const failed = (error: IotloadError): void => this.#brokenOff(error);
      this.#endBridges = await startRunBridges(embedded.plan, this.#options, dir, { note: this.#note, failed });
      const crew = this.#hire(embedded.plan);
      const latencies = new Latencies(crew.boards, plan.fleets.length);
      const meter = new ProgressMeter(clock, plan, crew.boards, latencies, this.#slots());
      this.#cancels.push(clock.every(PROGRESS_MS, () => this.#report(meter)));
      this.#cancels.push(clock.every(PROGRESS_MS, () => this.#checkMemory()));
      this.#verification = this.#startVerification(embedded.plan, dir);
      for (const pid of this.#verification?.pids ?? []) this.#options.observer.verifierStarted?.(pid);
      showLive(this.#options, crew.boards, latencies, meter, this.#watch, this.#verification);
      await Promise.race([this.#becomeReady(crew), this.#interruption]);
      letGo = holdYoungSpace();
      const start = fixStart(this.#options, this.#earlier, dir);
      this.#keeper = await keepRecord(this.#options, this.#earlier, dir, start, {
        crew,
        latencies,
        watch: this.#watch,
        partitions: this.#partitions,
        failed,
      });
      meter.start(start.anchor);
      const load = await this.#send(crew, start, this.#keeper, latencies);
      latencies.fold();
      if (load.ends.length > 0) {
        const graceUs = plan.verify?.graceUs ?? 0;
        const cutShort = this.#ended !== 'completed' && graceUs > INTERRUPTED_GRACE_US;
        await this.#verification?.finish(cutShort ? INTERRUPTED_GRACE_US : graceUs, cutShort);
      }
      await this.#endBridges();
      this.#report(meter);
      letGo();
      return { result: await this.#conclude(dir, crew, load), dir };
    } catch (error) {
      if (this.#keeper === undefined) {
        directory.discard();
        throw error;
      }
      throw unsettled(error);
    } finally {
      letGo();
      for (const cancel of this.#cancels) cancel();
      this.#notices.flush();
      await this.#crew?.close();
      await this.#verification?.close();
      await this.#endBridges();
      await this.#embedded?.stop();
      release();
    }
  }

  /** Starts the workers. */
  #hire(plan: Plan): WorkerCrew {
    const { runId, shard, workers } = this.#options;
    this.#crew = new WorkerCrew({
      plan,
      runId,
      shard,
      workers,
      resumes: this.#earlier !== null,
      heard: (worker, message) => this.#heard(worker, message),
    });
    return this.#crew;
  }

  #startVerification(plan: Plan, dir: string): Verifications | undefined {
    if (plan.verify === null) return undefined;
    const { runId, shard } = this.#options;
    return new Verifications({
      plan,
      runId,
      shard,
      dir,
      runDir: dir,
      anchor: null,
      resume: this.#goesOn,
      note: this.#note,
      failed: (error, of) => this.#incident(error, `verifier${of === null ? '' : ` of ${of}`}: ${error.message}`),
    });
  }

  /** Every sink open, the reader reading, and a marker seen to take the way that the events will take. */
  async #becomeReady(crew: WorkerCrew): Promise<void> {
    await Promise.all([crew.ready(), this.#verification?.ready()]);
    if (this.#verification === undefined) return;
    this.#phase = 'probing';
    const probed = awaitProbe(this.#clock, {
      publish: () => crew.probe(),
      seen: this.#verification.probeSeen(),
      failure: () => this.#probeFailure,
      stopped: () => this.#ended !== 'completed',
    });
    await Promise.race([probed, crew.failure(), this.#verification.failure()]);
  }

  /** From the workers' release to the end of `sent`. */
  async #send(crew: WorkerCrew, start: Start, keeper: SentKeeper, latencies: Latencies): Promise<SentLoad> {
    const { anchor } = start;
    if (this.#ended !== 'completed') {
      // Interrupted before anybody was ready: nothing was sent, and there is nobody to wait for.
      await crew.close();
      await keeper.end({ ended: this.#ended });
      return { anchor, ends: [], endedUs: anchor.startMonoUs };
    }
    this.#verification?.fixAnchor(anchor);
    await keeper.begin();
    crew.go(start);
    this.#cancels.push(this.#watch.start());
    this.#phase = 'measuring';
    const lengthUs = pacedLengthUs(this.#options.plan);
    const scheduleEndUs = anchor.startMonoUs + lengthUs;
    const drains = (): void => {
      if (this.#phase === 'measuring') this.#phase = 'draining';
    };
    if (lengthUs > 0) this.#cancels.push(this.#clock.after((scheduleEndUs - this.#clock.nowUs()) / 1000, drains));
    const { plan } = this.#options;
    this.#cancels.push(announceTimeline(plan, start, this.#clock, this.#note));
    this.#cancels.push(scheduleFaults(plan, start, this.#clock, (faults) => this.#embedded?.inject(faults)));
    const { boards } = crew;
    const watched = { plan, shard: this.#options.shard, clock: this.#clock, boards, latencies, watch: this.#watch };
    const soFar = (scope: string | null): ReaderSoFar | null => this.#verification?.soFar(scope) ?? null;
    const since = this.#goesOn ? sinceFirstTold(soFar) : soFar;
    const read = (scope: string | null): ReaderSoFar | null => {
      const told = since(scope);
      return told === null ? null : { ...told, duplicates: Math.max(0, told.duplicates - this.#doubled) };
    };
    const broken = (threshold: BrokenThreshold): void => this.#thresholdBroken(threshold);
    this.#cancels.push(watchThresholds({ ...watched, read, broken }, start));
    const ends = await crew.ended((worker, error) => this.#workerFailed(worker, error));
    this.#notices.flush();
    for (const { worker, report } of ends)
      if (report === null || report.failed !== null) this.#buryWorker(crew, worker, start);
    await keeper.end({ ended: this.#ended, ...(this.#broken === undefined ? {} : { broken: this.#broken }) });
    this.#phase = 'verifying';
    const lastUs = Math.max(anchor.startMonoUs, ...ends.map(({ report }) => report?.sendingEndedUs ?? 0));
    return { anchor, ends, endedUs: this.#stoppedUs === null ? Math.max(lastUs, scheduleEndUs) : lastUs };
  }

  /** What a dead worker's shared counters still say: how far it had come. */
  #buryWorker(crew: WorkerCrew, worker: number, { from }: Start): void {
    const part = crew.parts[worker] as Part;
    this.#options.plan.fleets.forEach(({ devices }, fleet) => {
      const pickedUp = crew.boards[worker]?.fleets[fleet]?.counters[Counter.pickedUp] ?? 0;
      const before = new PartOrdinals(part, devices).below(from[fleet] as number);
      this.#keeper?.horizon(part, fleet, before + pickedUp);
    });
  }

  #conclude(dir: string, crew: WorkerCrew, load: SentLoad): Promise<RunResult> {
    return concludeRun(this.#options, dir, {
      ...load,
      crew,
      watch: this.#watch,
      incidents: this.#incidents,
      ended: this.#ended,
      note: this.#note,
      incident: (error) => this.#incident(error, error.message),
    });
  }

  #heard(worker: number, message: FromWorker): void {
    if (message.kind === 'frame') this.#keeper?.append(message.frame);
    else if (message.kind === 'partitions') this.#partitions[message.target]?.addGain(message.gain);
    else if (message.kind === 'load') this.#watch.load(worker, message.busy, message.gc);
    else if (message.kind === 'doubled') this.#doubled += message.count;
    else if (message.kind === 'overflow') this.#overflowed(message.target);
    else if (message.kind === 'probe-failed')
      this.#probeFailure = new IotloadError(message.error.code, message.error.message, message.error);
    else if (message.kind === 'connections') this.#connecting.heard(worker, message);
    else if (message.kind === 'notice') this.#noticed(message.target, message.notice, message.detail, message.count);
  }

  #noticed(target: string, kind: NoticeKind, detail: string, count = 1): void {
    if (kind === 'disconnected') this.#disconnects++;
    this.#watch.noticed(kind, count);
    if (kind !== 'connecting' && kind !== 'connected') this.#notices.add(kind, `${target}: ${kind}: ${detail}`, count);
  }

  /** What a target says before there are workers, whose tallies would keep it. */
  #warned(target: string, kind: NoticeKind, detail: string): void {
    const firstWallUs = this.#clock.wallUs();
    if (kind === 'warning') this.#incidents.push({ code: `${target}/${kind}`, message: detail, count: 1, firstWallUs });
    this.#noticed(target, kind, detail);
  }

  readonly #note = (text: string): void => this.#options.observer.note(text);

  /** Without its record a run can prove nothing, nor without its bridge: it ends, and what was sent counts as unknown. */
  #brokenOff(error: IotloadError): void {
    if (this.#incidents.some(({ code }) => code === error.code)) return;
    this.#incident(error, `${error.where ?? 'sent'}: ${error.message}`);
    this.#cutShort('aborted');
  }

  #thresholdBroken(broken: BrokenThreshold): void {
    if (this.#ended !== 'completed') return;
    this.#broken = broken;
    this.#note(`${broken.expression}: observed ${broken.observed}, which ends the run`);
    this.#cutShort('aborted');
  }

  #overflowed(target: string): void {
    if (this.#incidents.some(({ code }) => code === 'backlog-full')) return;
    const message = `the backlog of ${target} is full, and the scenario says to abort then`;
    this.#incident(new IotloadError('backlog-full', message), message);
    this.#cutShort('aborted');
  }

  #checkMemory(): void {
    const error = memoryExceeded(this.#options.plan, residentBytes() + (this.#verification?.rssBytes ?? 0));
    if (error === null || this.#incidents.some(({ code }) => code === error.code)) return;
    this.#incident(error, error.message);
    this.#cutShort('aborted');
  }

  #workerFailed(worker: number, error: IotloadError): void {
    this.#incident(error, `worker ${worker}: ${error.message}`);
    this.#cutShort('worker-died');
  }

  #incident(error: IotloadError, message: string): void {
    this.#incidents.push({ code: error.code, message, count: 1, firstWallUs: this.#clock.wallUs() });
    this.#note(message);
  }

  /** Stops all workers; the first reason stands, but a death outranks everything. */
  #cutShort(ended: RunResult['run']['ended']): void {
    if (this.#ended === 'completed' || ended === 'worker-died') this.#ended = ended;
    this.#stoppedUs ??= this.#clock.nowUs();
    this.#crew?.stop();
  }

  #report(meter: ProgressMeter): void {
    this.#options.observer.progress(meter.read(this.#phase, this.#verification?.verified ?? null, this.#disconnects));
  }

  /** Slots of this shard. */
  #slots(): number {
    return dueBy(this.#options.plan, this.#options.shard, Number.POSITIVE_INFINITY);
  }
}
