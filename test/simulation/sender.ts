import type { Anchor, Part } from '../../src/core/anchor.ts';
import { type Board, boardBytes, Command, Counter, openBoard } from '../../src/engine/board.ts';
import type { FromWorker, ToWorker } from '../../src/engine/protocol.ts';
import { Worker } from '../../src/engine/worker.ts';
import { Latencies } from '../../src/runner/latencies.ts';
import { pacedPromises } from '../../src/runner/promises.ts';
import { slotsFrom } from '../../src/runner/resume.ts';
import { SentKeeper } from '../../src/runner/sent-keeper.ts';
import type { Sink, SinkContext } from '../../src/targets/target.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import { Process } from './process.ts';
import type { Setting } from './setting.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { SlotTruth, Truth } from './truth.ts';
import type { Twist } from './twist.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A message from one thread to another takes so long. */
const POST_US = 40;
/** From the decision to start until slot time 0, or until sending goes on. */
const LEAD_US = 50_000;
/** When the shards of a run begin. */
const START_AT_US = 20_000_000;

export interface SenderOptions {
  setting: Setting;
  clock: VirtualClock;
  disk: SimulatedDisk;
  dir: string;
  /** null: it is a twin of which nobody keeps a record. */
  truth: Truth | null;
  openSink(process: Process, context: SinkContext): Sink | Promise<Sink>;
  /** The anchor of a run that is gone on with; null for one that begins. */
  earlier: Anchor | null;
  twist: Twist;
  /** Anchor and first slots are fixed. */
  started(anchor: Anchor): void;
  /** `sent` has its end, or cannot have one any more. */
  done(): void;
}

interface Hired {
  part: Part;
  process: Process;
  board: Board;
  post(message: ToWorker): void;
  dead: boolean;
  /** It has come to its end by itself. */
  over: boolean;
}

/** The process of a run: its main thread as `runner/` has it, and its workers. */
export class Sender {
  readonly process: Process;
  readonly workers: Hired[] = [];
  ended: 'completed' | 'worker-died' | 'aborted' = 'completed';
  readonly #options: SenderOptions;
  #keeper: SentKeeper | undefined;
  #from: readonly number[] = [];
  #ready = 0;
  #over = 0;
  #allReady: () => void = () => {};
  #allOver: () => void = () => {};

  constructor(options: SenderOptions) {
    this.#options = options;
    this.process = new Process('sender', options.clock);
    this.process.onDeath(() => {
      for (const { process } of this.workers) process.kill();
    });
  }

  async run(): Promise<void> {
    const { setting, disk, dir, earlier, twist, started, done } = this.#options;
    const { plan, shard } = setting;
    const { clock } = this.process;
    const [path, ports] = [`${dir}/sent`, disk.records(this.process)];
    const record = earlier === null ? null : await readSent(path, ports);
    if (record?.end?.ended === 'completed') return done();
    const ready = new Promise<void>((resolve) => {
      this.#allReady = resolve;
    });
    const over = new Promise<void>((resolve) => {
      this.#allOver = resolve;
    });
    const runId = `seed-${setting.seed}`;
    for (let worker = 0; worker < setting.workers; worker++) this.#hire(worker, runId, earlier !== null);
    await ready;
    const nowUs = clock.nowUs();
    // Shards begin at an instant that all of them were told.
    const startMonoUs = shard.count > 1 ? START_AT_US : nowUs + LEAD_US;
    if (earlier === null && startMonoUs < nowUs + LEAD_US) throw new Error('the start is over');
    const startWallUs = Math.floor((clock.wallUs() + startMonoUs - nowUs) / 1000) * 1000;
    const anchor = earlier ?? { runId, startWallUs, startMonoUs };
    const fromUs = Math.max(0, nowUs + LEAD_US - anchor.startMonoUs);
    this.#from = record === null ? plan.fleets.map(() => 0) : slotsFrom(plan, record, fromUs);
    const header = {
      runId,
      shard,
      fleets: plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots })),
    };
    const latencies = new Latencies(
      this.workers.map(({ board }) => board),
      plan.fleets.length,
    );
    const promises = pacedPromises(plan, clock, anchor.startMonoUs);
    const keeper = new SentKeeper({
      writer:
        record === null
          ? await SentWriter.open(path, header, ports)
          : await SentWriter.resume(path, record, this.#from, ports),
      clock,
      promises: twist.promises?.(promises) ?? promises,
      grant: (us) => {
        for (const { board } of this.workers) board.promise[0] = us;
      },
      takeSamples: () => latencies.take(),
      samplesEveryUs: 5_000_000,
      failed: () => this.#cutShort('aborted'),
    });
    this.#keeper = keeper;
    await keeper.begin();
    started(anchor);
    // At that very instant: what a worker does to warm up has no end where time stands still.
    clock.after((anchor.startMonoUs + fromUs - clock.nowUs()) / 1000, () => {
      for (const { post } of this.workers) post({ kind: 'go', anchor, from: this.#from, fromUs });
    });
    await over;
    for (const worker of this.workers) if (worker.dead) this.#bury(worker);
    await keeper.end({ ended: this.ended });
    done();
  }

  /** A worker's thread ends by itself, which its main thread notices. */
  killWorker(index: number): void {
    const worker = this.workers[index % this.workers.length];
    if (worker === undefined || worker.dead || worker.over || this.#keeper === undefined) return;
    worker.dead = true;
    worker.process.kill();
    this.#later(() => {
      this.#cutShort('worker-died');
      this.#isOver();
    });
  }

  #hire(index: number, runId: string, resumes: boolean): void {
    const { setting, clock, openSink, twist } = this.#options;
    const { shard, workers } = setting;
    const plan = twist.workerPlan?.(setting.plan) ?? setting.plan;
    const part = { index: shard.index + shard.count * index, count: shard.count * workers };
    const buffer = new SharedArrayBuffer(boardBytes(plan.fleets.length));
    const process = new Process(`worker ${index}`, clock);
    let hear: (message: ToWorker) => void = () => {};
    const port = {
      on: (_: string, heard: (message: ToWorker) => void) => {
        hear = heard;
        return port;
      },
      postMessage: (message: FromWorker) => {
        const known = message.kind === 'frame' ? this.#knownTo(part) : [];
        this.#later(() => this.#heard(message, known));
      },
      close: () => {
        hired.over = true;
        this.#later(() => this.#isOver());
      },
    };
    const hired: Hired = {
      part,
      process,
      board: openBoard(buffer, plan.fleets.length),
      post: (message) => void clock.at(clock.nowUs() + POST_US, () => process.run(() => hear(message))),
      dead: false,
      over: false,
    };
    this.workers.push(hired);
    const task = { plan, runId, part, workers, board: buffer, port: port as never, recordings: [], resumes };
    const worker = new Worker(task, process.clock, (_protocol, _options, context) =>
      Promise.resolve(openSink(process, context)),
    );
    void worker.live().then(() => worker.release());
  }

  #heard(message: FromWorker, known: readonly SlotTruth[]): void {
    if (message.kind === 'ready') {
      if (++this.#ready === this.workers.length) this.#allReady();
    } else if (message.kind === 'frame') {
      for (const slot of known) slot.framed = true;
      this.#keeper?.append(message.frame);
    } else if (message.kind === 'overflow') this.#cutShort('aborted');
  }

  #isOver(): void {
    if (++this.#over === this.workers.length) this.#allOver();
  }

  #cutShort(ended: Sender['ended']): void {
    if (this.ended === 'completed' || ended === 'worker-died') this.ended = ended;
    for (const { board } of this.workers) Atomics.store(board.command, 0, Command.stop);
  }

  #bury({ part, board }: Hired): void {
    this.#options.setting.plan.fleets.forEach(({ devices }, fleet) => {
      const before = new PartOrdinals(part, devices).below(this.#from[fleet] ?? 0);
      this.#keeper?.horizon(part, fleet, before + (board.fleets[fleet]?.counters[Counter.pickedUp] ?? 0));
    });
  }

  /** Slots of a part whose outcome has been told. */
  #knownTo({ index, count }: Part): SlotTruth[] {
    const { truth, setting } = this.#options;
    if (truth === null) return [];
    return setting.plan.fleets.flatMap(({ devices }, fleet) =>
      (truth.slots[fleet] as SlotTruth[]).filter(
        ({ outcome, framed, forgotten }, slot) =>
          outcome !== null && !framed && !forgotten && (slot % devices) % count === index,
      ),
    );
  }

  #later(task: () => void): void {
    const { clock } = this.#options;
    clock.at(clock.nowUs() + POST_US, () => this.process.run(task));
  }
}
