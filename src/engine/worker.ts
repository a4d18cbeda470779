import type { Anchor } from '../core/anchor.ts';
import { type Clock, sleep, systemClock } from '../core/clock.ts';
import { systemRandom } from '../core/entropy.ts';
import { type PlainError, toPlainError } from '../core/errors.ts';
import { clearBatch, createEventBatch } from '../core/event-batch.ts';
import { watchGarbageCollection } from '../core/gc-pauses.ts';
import { loopUsage } from '../core/loop-usage.ts';
import { Outcome, outcomeNames } from '../core/outcome.ts';
import { revealSecrets } from '../core/secrets.ts';
import { createFleetEvents, type FleetEvents } from '../events/fleet-events.ts';
import { encodeProbe } from '../events/probe.ts';
import { readyPlan } from '../events/ready-plan.ts';
import { keepRecording } from '../models/recording/recording.ts';
import type { Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { targets } from '../targets/registry.ts';
import type { Sink, SinkContext, SinkEvents, TargetDefinition, TargetFleet, TargetOptions } from '../targets/target.ts';
import { OutcomeJournal } from '../wire/outcome-journal.ts';
import { PartitionTally } from '../wire/partition-counts.ts';
import { backlogOf } from './backlog.ts';
import { type Board, Command, openBoard } from './board.ts';
import { Engine } from './engine.ts';
import { ErrorTallies } from './error-tallies.ts';
import { probeAddress } from './probe-address.ts';
import type { FromWorker, Start, ToWorker, WorkerReport, WorkerTask } from './protocol.ts';
import { scheduleCuts } from './scripted-cuts.ts';
import { unusedSink } from './unused-sink.ts';

/** How long outstanding acknowledgements are awaited after an interrupt. */
const INTERRUPTED_DRAIN_US = 20_000_000;
/** A worker that waits looks at its command this often. */
const COMMAND_POLL_MS = 50;
/** Outcomes are handed in this often. With the promise ahead, it bounds what is unknown after a crash. */
const FRAME_MS = 500;
/** Longest rehearsal, and events in each of its rounds. */
const REHEARSAL_US = 100_000;
const REHEARSED_EVENTS = 100;
/** Notices that the result keeps. */
const tallied: readonly string[] = ['disconnected', 'throttled', 'warning'];

/**
 * The whole life of one worker thread: open the sinks, report ready, wait for the anchor, send, drain, hand in the last outcomes.
 * Never rejects: a sink that cannot be opened, or a defect, is the report's `failed`.
 */
export default async function work(task: WorkerTask): Promise<WorkerReport> {
  const worker = new Worker(task, systemClock());
  let failed: PlainError | null = null;
  try {
    await worker.live();
  } catch (error) {
    failed = toPlainError(error);
  }
  await worker.release();
  return worker.report(failed);
}

/** Opens a sink of a protocol. */
type OpenSink = (protocol: string, options: TargetOptions, context: SinkContext) => Promise<Sink>;

const openTarget: OpenSink = async (protocol, options, context) => {
  const definition = (targets as Record<string, TargetDefinition>)[protocol] as TargetDefinition;
  const { openSink } = await definition.sink();
  return openSink(options, context);
};

/** One worker; `work` is its life in a thread. The outside world comes as parameters. */
export class Worker {
  readonly #task: WorkerTask;
  readonly #clock: Clock;
  readonly #open: OpenSink;
  readonly #board: Board;
  readonly #errors: ErrorTallies;
  readonly #journal: OutcomeJournal;
  readonly #cancels: (() => void)[] = [];
  /** By target. */
  readonly #partitions: readonly PartitionTally[];
  #sinks: Sink[] = [];
  #engine: Engine | undefined;
  #overflowed = false;
  #sendingEndedUs = 0;

  constructor(task: WorkerTask, clock: Clock, open: OpenSink = openTarget) {
    this.#task = task;
    this.#clock = clock;
    this.#open = open;
    this.#board = openBoard(task.board, task.plan.fleets.length);
    this.#errors = new ErrorTallies(clock);
    this.#journal = new OutcomeJournal(task.plan.fleets, task.part);
    this.#partitions = task.plan.targets.map(() => new PartitionTally());
  }

  async live(): Promise<void> {
    const { plan, runId } = this.#task;
    for (const recording of this.#task.recordings) keepRecording(recording);
    await readyPlan(plan);
    const anchorToCome = { runId, startWallUs: 0, startMonoUs: 0 };
    const devices = plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchorToCome));
    for (let target = 0; target < plan.targets.length; target++) {
      const sends = plan.fleets.some((fleet) => fleet.target === target);
      this.#sinks.push(sends ? await this.#openSink(target, devices) : unusedSink());
    }
    const start = await this.#awaitStart();
    if (start === null) return;
    const { anchor, from, fromUs } = start;
    const events = plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchor));
    const engine = this.#createEngine(events);
    this.#engine = engine;
    engine.attach(this.#sinks);
    this.#rehearse(events, anchor);
    this.#cancels.push(this.#clock.every(FRAME_MS, () => this.#sendFrame()));
    const usage = loopUsage();
    const garbage = watchGarbageCollection();
    this.#cancels.push(garbage.stop);
    this.#cancels.push(this.#clock.every(1000, () => this.#post({ kind: 'load', busy: usage(), gc: garbage.take() })));
    const callOff = scheduleCuts(plan, anchor, fromUs, this.#clock, this.#sinks);
    this.#cancels.push(callOff);
    this.#board.begun[0] = this.#clock.nowUs() - anchor.startMonoUs - fromUs;
    await engine.run(anchor, from);
    callOff();
    await this.#drain(engine);
  }

  /** Closes what is open; safe to call after any failure. */
  async release(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    const closed = await Promise.allSettled(this.#sinks.map((sink) => sink.close()));
    closed.forEach((end, target) => {
      if (end.status === 'rejected') this.#closeFailed(target, end.reason);
    });
    // Only its close tells the main thread that nothing more will come.
    this.#task.port.close();
  }

  #closeFailed(target: number, reason: unknown): void {
    const { name } = this.#task.plan.targets[target] as Plan['targets'][number];
    this.#errors.add(`${name}/close`, toPlainError(reason).message, 1);
  }

  async #openSink(target: number, devices: readonly FleetEvents[]): Promise<Sink> {
    const { plan, runId, part } = this.#task;
    const { name, protocol, options } = plan.targets[target] as Plan['targets'][number];
    const fleets: TargetFleet[] = [];
    plan.fleets.forEach((fleet, index) => {
      if (fleet.target !== target) return;
      const { deviceId, header, columns, behavior } = devices[index] as FleetEvents;
      const { name, devices: seats, address } = fleet;
      const damaged = behavior?.damages ?? false;
      fleets.push({ index, name, devices: seats, address, header, columns, damaged, deviceId });
    });
    const events: SinkEvents = {
      settled: (fleet, slots, sentAtUs, count, outcome, reason, atUs) => {
        if (outcome === Outcome.rejected || outcome === Outcome.unknown) {
          this.#errors.add(`${name}/${outcomeNames[outcome]}`, reason, count);
        }
        this.#engine?.settled(fleet, slots, sentAtUs, count, outcome, atUs);
      },
      resent: (fleet, slots, count, mayDouble) => {
        this.#journal.attemptedAgain(fleet, count);
        if (mayDouble) this.#post({ kind: 'doubled', count });
        // A copy by design, between two whole numbers, counts for its slot.
        for (let i = 0; mayDouble && i < count; i++) this.#journal.mayDouble(fleet, Math.floor(slots[i] as number));
      },
      partition: (partition, stored, refused) => this.#partitions[target]?.add(partition, stored, refused),
      connections: (up, of) => this.#post({ kind: 'connections', target: name, up, of }),
      drained: (lane) => this.#engine?.drained(target, lane),
      notice: (notice, detail, count) => {
        if (tallied.includes(notice)) this.#errors.add(`${name}/${notice}`, detail, count);
        this.#post({ kind: 'notice', target: name, notice, detail, count });
      },
    };
    return this.#open(protocol, options, {
      clock: this.#clock,
      runId,
      part,
      fleets,
      events,
      resumes: this.#task.resumes,
      remake: (fleet, slot, batch) => this.#engine?.remake(fleet, slot, batch) ?? false,
      random: systemRandom,
      reveal: (text) => revealSecrets(text, process.env),
    });
  }

  /** Reports ready, answers probes, and resolves with where to start; null when the run is called off. */
  #awaitStart(): Promise<Start | null> {
    return new Promise((resolve) => {
      const { port } = this.#task;
      const cancel = this.#clock.every(COMMAND_POLL_MS, () => {
        if (this.#stopRequested()) settle(null);
      });
      this.#cancels.push(cancel);
      const settle = (start: Start | null): void => {
        cancel();
        resolve(start);
      };
      port.on('message', (message: ToWorker) => {
        if (message.kind === 'go') settle(message);
        else this.#probe().catch((error) => this.#post({ kind: 'probe-failed', error: toPlainError(error) }));
      });
      this.#post({ kind: 'ready' });
    });
  }

  /** One marker on the way to each target that is read back, whether that is sent to or a bridge writes there. */
  async #probe(): Promise<void> {
    const { plan, runId } = this.#task;
    const places = new Set(readingsOf(plan).map(({ fleets }) => fleets[0] ?? -1));
    for (const place of places) {
      const way = plan.fleets[place];
      if (way === undefined) continue;
      const { target, address, name } = way;
      await (this.#sinks[target] as Sink).publish(probeAddress(address, runId, name), encodeProbe(runId), place);
    }
  }

  #createEngine(events: readonly FleetEvents[]): Engine {
    const { plan, part, workers } = this.#task;
    const { warmUpUs, durationUs } = plan.run;
    const backlogSlots = plan.targets.map((target, index) => {
      if (plan.fleets.every((fleet) => fleet.target !== index)) return 0;
      const bytes = Math.max(
        1,
        ...plan.fleets.map((fleet, i) => (fleet.target === index ? (events[i] as FleetEvents).maxEventBytes : 1)),
      );
      return Math.max(1, Math.floor(backlogOf(target.options).maxBytes / bytes / workers));
    });
    return new Engine({
      clock: this.#clock,
      part,
      fleets: plan.fleets.map((fleet, index) => {
        const fleetEvents = events[index] as FleetEvents;
        return {
          index,
          devices: fleet.devices,
          slots: fleet.slots,
          profile: fleetEvents.profile,
          behavior: fleetEvents.behavior,
          sink: fleet.target,
          maxEventBytes: fleetEvents.maxEventBytes,
          board: this.#board.fleets[index] as Board['fleets'][number],
          append: fleetEvents.append,
        };
      }),
      backlogSlots,
      backlogThen: plan.targets.map((target) => backlogOf(target.options).overflow),
      unpaced: plan.clock.speed === 'max',
      measured: { fromUs: warmUpUs, toUs: warmUpUs + durationUs },
      settle: (fleet, slot, outcome) => this.#journal.settle(fleet, slot, outcome),
      attemptedAgain: (fleet, attempts) => this.#journal.attemptedAgain(fleet, attempts),
      overflow: (sink) => {
        if (!this.#overflowed)
          this.#post({ kind: 'overflow', target: (plan.targets[sink] as Plan['targets'][number]).name });
        this.#overflowed = true;
        this.#engine?.stop();
      },
      promisedUs: () => this.#board.promise[0] as number,
      stopRequested: () => this.#stopRequested(),
    });
  }

  /**
   * Makes some of the first events and throws them away, until half of the time to the start is over: events are pure functions, so
   * this changes nothing but that their code is compiled before the first one is due.
   */
  #rehearse(events: readonly FleetEvents[], anchor: Anchor): void {
    const nowUs = this.#clock.nowUs();
    const untilUs = nowUs + Math.min(REHEARSAL_US, (anchor.startMonoUs - nowUs) / 2);
    const batch = createEventBatch(REHEARSED_EVENTS, REHEARSED_EVENTS * 1024);
    while (this.#clock.nowUs() < untilUs) {
      for (const [fleet, { slots, profile, append }] of events.entries()) {
        clearBatch(batch, fleet);
        for (let slot = 0; slot < Math.min(slots, REHEARSED_EVENTS); slot++) append(slot, profile.timeOf(slot), batch);
      }
    }
  }

  /** Waits for what is outstanding, at most the scenario's drain time; then nothing is left without an outcome. */
  async #drain(engine: Engine): Promise<void> {
    const interrupted = this.#stopRequested() || this.#overflowed;
    const drainUs = this.#task.plan.run.drainUs;
    const deadlineUs = this.#clock.nowUs() + (interrupted ? Math.min(drainUs, INTERRUPTED_DRAIN_US) : drainUs);
    const leftMs = (): number => Math.max(0, (deadlineUs - this.#clock.nowUs()) / 1000);
    while (engine.waiting > 0 && leftMs() > 0 && !this.#stopRequested() && !this.#overflowed)
      await sleep(this.#clock, 2);
    this.#sendingEndedUs = this.#clock.nowUs();
    engine.giveUpWaiting();
    await this.#flush(leftMs());
    this.#sendFrame();
  }

  /** Waits for outstanding outcomes; an interrupt shortens the wait, and what is then open becomes unknown. */
  async #flush(timeoutMs: number): Promise<void> {
    let flushed = false;
    const all = Promise.all(this.#sinks.map((sink) => sink.flush(timeoutMs))).then(() => {
      flushed = true;
    });
    let deadlineUs = this.#stopRequested() ? Number.POSITIVE_INFINITY : null;
    while (!flushed) {
      await Promise.race([all, sleep(this.#clock, COMMAND_POLL_MS)]);
      if (deadlineUs === null && this.#stopRequested()) deadlineUs = this.#clock.nowUs() + INTERRUPTED_DRAIN_US;
      if (deadlineUs === null || this.#clock.nowUs() < deadlineUs) continue;
      await Promise.all(this.#sinks.map((sink) => sink.flush(0)));
      return;
    }
  }

  #sendFrame(): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    this.#task.plan.fleets.forEach(({ slots }, fleet) => {
      this.#journal.horizon(fleet, Math.min(engine.horizon(fleet), slots));
    });
    const frame = this.#journal.takeFrame();
    this.#task.port.postMessage({ kind: 'frame', frame } satisfies FromWorker, [frame.buffer as ArrayBuffer]);
    for (const [target, tally] of this.#partitions.entries()) {
      const gain = tally.take();
      if (gain.length > 0) this.#post({ kind: 'partitions', target, gain });
    }
  }

  #stopRequested(): boolean {
    return Atomics.load(this.#board.command, 0) === Command.stop;
  }

  #post(message: FromWorker): void {
    this.#task.port.postMessage(message);
  }

  report(failed: PlainError | null): WorkerReport {
    return { failed, errors: this.#errors.list(), sendingEndedUs: this.#sendingEndedUs };
  }
}
