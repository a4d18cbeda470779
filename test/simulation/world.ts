import type { Anchor } from '../../src/core/anchor.ts';
import type { Disk } from '../../src/core/disk.ts';
import { Standstill } from '../../src/core/standstill.ts';
import type { FromVerifier } from '../../src/verify/protocol.ts';
import { Verifier } from '../../src/verify/verifier.ts';
import { readSeen } from '../../src/wire/seen-file.ts';
import { Dice } from './dice.ts';
import { foreignMessage, sendAsTwin } from './intruders.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { type AnyBroker, type AnyLink, type AnySource, brokerOf, openSinkOf, openSourceOf } from './kinds.ts';
import { KinesisService } from './kinesis-service.ts';
import { KinesisSource } from './kinesis-source.ts';
import type { SinkWorld } from './partition-sink.ts';
import { Process } from './process.ts';
import { QueueBroker } from './queue-broker.ts';
import { QueueSource } from './queue-source.ts';
import { Sender } from './sender.ts';
import type { Crash, Setting, TimedFault } from './setting.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { Trace } from './trace.ts';
import { Truth } from './truth.ts';
import type { Twist } from './twist.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Where the run's records lie. */
export const DIR = '/run';
/** No world lasts longer; one that does hangs. */
const LIMIT_US = 200_000_000;
/** A stop of the reader that it has to notice, and one that it need not. */
const STANDSTILL_US = 2_300_000;
const PAUSE_US = 100_000;

/** What all shards of a run have in common. */
export interface Surroundings {
  clock: VirtualClock;
  trace: Trace;
  broker: AnyBroker;
}

export function surroundingsOf(setting: Setting, verbose: boolean): Surroundings {
  const clock = new VirtualClock();
  const trace = new Trace(() => clock.nowUs(), verbose);
  return { clock, trace, broker: brokerOf(setting, clock, new Dice(setting.seed, 'broker'), trace) };
}

/** Lets everything happen that does in these worlds, which have one clock. Rejects when something hangs. */
export async function live(worlds: readonly World[], { clock }: Surroundings): Promise<void> {
  for (const world of worlds) world.begin();
  await clock.advance(LIMIT_US, () => worlds.every(({ over }) => over));
  if (!worlds.every(({ over }) => over)) throw new Error('the world does not come to its end');
}

/** A host with one shard of a run on it, from its seed to the end of its files. */
export class World {
  readonly setting: Setting;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly truth: Truth;
  readonly disk: SimulatedDisk;
  readonly broker: AnyBroker;
  anchor: Anchor | null = null;
  /** How the last sender ended; null: it has not. */
  ended: string | null = null;
  /** Reader stops that its health has to show. */
  standstills = 0;
  /** Stops after everything was read: they count if the reader looks at itself once more. */
  #lateStops = 0;
  crashes = 0;
  /** The reader has given up, because it cannot write. */
  readerFailed = false;
  /** When the reader was told that everything is sent. */
  finishUs = 0;
  /** Who gave up, and why. */
  failure: string | null = null;
  readonly #twist: Twist;
  readonly #sinks: AnyLink[] = [];
  #source: AnySource | null = null;
  #sender: Sender | null = null;
  #verifier: { process: Process; verifier: Verifier; ready: boolean; asked: boolean } | null = null;
  /** The reader has taken the place of another one. */
  #resumed = false;
  /** Somebody is dead and not yet started again. */
  #down = false;
  over = false;

  constructor(setting: Setting, twist: Twist, { clock, trace, broker }: Surroundings) {
    this.setting = setting;
    this.clock = clock;
    this.trace = trace;
    this.broker = broker;
    this.#twist = twist;
    const { plan, disk, shard } = setting;
    const due = plan.fleets.map(({ slots, schedule: { rate } }) =>
      Array.from({ length: slots }, (_, slot) => Math.floor((slot * rate.perUs) / rate.events)),
    );
    this.truth = new Truth(due, (fleet, slot) => {
      const { devices } = plan.fleets[fleet] as (typeof plan.fleets)[number];
      return (slot % devices) % shard.count === shard.index;
    });
    this.disk = new SimulatedDisk(clock, this.#dice('disk'), disk, trace);
    this.disk.onAppend = (path) => path === `${DIR}/sent` && this.truth.appended();
    this.disk.onSynced = (path) => path === `${DIR}/sent` && this.truth.synced();
  }

  begin(): void {
    this.#startVerifier(false);
  }

  /** Times that somebody may have forgotten what it knew. */
  get losses(): number {
    return this.crashes + this.disk.failed.size;
  }

  /** Times that the reader, or the broker for it, missed what it cannot be given again. */
  get gaps(): number {
    return this.#source instanceof QueueSource ? this.#queueGaps : 0;
  }

  /** The reader has to doubt itself. */
  get doubts(): boolean {
    const told = this.#source instanceof QueueSource ? (this.#source.last?.brokerDropped ?? 0) : 0;
    return this.standstills > 0 || this.gaps > 0 || told > 0;
  }

  get #queueGaps(): number {
    const own = this.#source instanceof QueueSource ? (this.#source.last?.gaps ?? 0) : 0;
    return own + (this.#resumed ? 1 : 0);
  }

  /** Chances of one matter on this host. */
  #dice(matter: string, ...more: readonly (string | number)[]): Dice {
    const { seed, shard } = this.setting;
    return new Dice(seed, matter, `${shard.index}`, ...more.map(String));
  }

  #startVerifier(resume: boolean): void {
    const { plan, shard, seed } = this.setting;
    const process = new Process('verifier', this.clock);
    const dice = this.#dice('verifier', this.clock.nowUs());
    const standstill = new Standstill(process.clock, () => 0);
    standstill.start();
    this.standstills = 0;
    this.#lateStops = 0;
    this.readerFailed = false;
    this.#resumed = resume;
    // Nobody gives it again what the one before was given and has not on record.
    if (resume && this.broker instanceof QueueBroker) void this.keepRecorded();
    const verifier = new Verifier({
      clock: process.clock,
      openSource: async (_protocol, _options, context) => {
        const twisted = this.#twist.sourceContext?.(context) ?? context;
        const source = await openSourceOf(this.#sinkWorld(process, dice), twisted, this.#twist);
        this.#source = source;
        return this.#twist.source?.(source) ?? source;
      },
      post: (message) => this.#later(process, () => this.#heard(message)),
      random: () => dice.next(),
      reveal: (text) => text,
      busy: () => 0,
      stoodStill: () => {
        this.standstills += this.#lateStops;
        this.#lateStops = 0;
        return standstill.take();
      },
      wallOffsetUs: () => process.clock.wallUs() - process.clock.nowUs(),
      machine: () => ({ throttling: [], memory: [], processors: null, openFiles: null }),
      usage: () => ({ cpuSeconds: 0, peakRssBytes: 0 }),
      residentBytes: () => 0,
      disk: this.disk.records(process),
    });
    this.#verifier = { process, verifier, ready: false, asked: false };
    const task = {
      plan,
      runId: `seed-${seed}`,
      shard,
      target: { protocol: 'simulated', options: {} },
      outDir: DIR,
      runDir: DIR,
      anchor: this.anchor,
      resume,
    };
    void verifier.handle({ kind: 'open', task });
  }

  #startSender(): void {
    this.ended = null;
    const sender = new Sender({
      setting: this.setting,
      clock: this.clock,
      disk: this.disk,
      dir: DIR,
      truth: this.truth,
      openSink: async (process, context) => {
        const world = this.#sinkWorld(process, this.#dice('sink', context.part.index, this.clock.nowUs()));
        const twisted =
          this.#twist.sink === undefined ? context : { ...context, events: this.#twist.sink(context.events) };
        const [sink, link] = await openSinkOf(world, twisted, this.#twist);
        this.#sinks.push(link);
        return sink;
      },
      earlier: this.anchor,
      twist: this.#twist,
      started: (anchor) => {
        if (this.anchor === null) this.#begin(anchor);
      },
      done: () => this.#sent(sender.ended),
    });
    this.#sender = sender;
    sender.run().catch((error: Error) => {
      if (!this.disk.failed.has(`${DIR}/sent`)) return this.#giveUp(`the sender: ${error.message}`);
      // It cannot begin, or go on, without its record.
      sender.process.kill();
      this.truth.senderDied();
      this.#sent('aborted');
    });
  }

  #sent(ended: string): void {
    this.ended = ended;
    this.trace.note('sent');
    if (this.readerFailed) this.over = true;
    else this.#finish();
  }

  /** Slot time has its zero: from here on the fault plan knows when to strike. */
  #begin(anchor: Anchor): void {
    this.anchor = anchor;
    void this.#verifier?.verifier.handle({ kind: 'anchor', anchor });
    this.disk.arm();
    const { times, lengthUs, crashes } = this.setting;
    const dice = this.#dice('times');
    for (const [fault, count] of Object.entries(times) as [TimedFault, number][]) {
      for (let i = 0; i < count; i++) {
        this.clock.at(anchor.startMonoUs + dice.whole(0, lengthUs), () => this.#strike(fault, dice));
      }
    }
    for (const crash of crashes) this.clock.at(anchor.startMonoUs + crash.atUs, () => this.#crash(crash));
  }

  #strike(fault: TimedFault, dice: Dice): void {
    if (this.over) return;
    switch (fault) {
      case 'reset':
        if (this.#sinks.length > 0) dice.pick(this.#sinks).reset(dice.whole(0, 99));
        break;
      case 'leader move':
        if (this.broker instanceof KafkaBroker) this.broker.moveLeader(dice.whole(0, 99));
        break;
      case 'reshard':
        if (this.broker instanceof KinesisService) this.broker.reshard();
        break;
      case 'reader reset':
        if (this.#source instanceof QueueSource || this.#source instanceof KinesisSource) this.#source.reset();
        break;
      case 'broker stall':
        this.broker.stall(dice.whole(10_000, 2_500_000));
        break;
      case 'foreign':
        this.trace.fault('foreign');
        this.broker.store(
          dice.whole(0, this.setting.partitions - 1),
          foreignMessage(this.setting, this.anchor as Anchor, dice),
        );
        break;
      case 'wall step':
        this.trace.fault('wall step');
        this.clock.stepWall(dice.pick([-1, 1]) * dice.whole(1, 3_600_000_000));
        break;
      case 'reader stop': {
        const us = dice.chance(0.5) ? PAUSE_US : STANDSTILL_US;
        if (us === STANDSTILL_US) {
          if (this.#source?.done === true) this.#lateStops++;
          else this.standstills++;
        }
        this.trace.fault('reader stop', us);
        this.#verifier?.process.stop(us);
        break;
      }
      case 'sender stop': {
        const us = dice.whole(10_000, 2_000_000);
        this.trace.fault('sender stop', us);
        this.#sender?.process.stop(us);
        for (const { process } of this.#sender?.workers ?? []) process.stop(us);
        break;
      }
      case 'twin':
        this.trace.fault('twin');
        sendAsTwin(this, this.anchor as Anchor, dice);
        break;
    }
  }

  #crash({ who, downUs }: Crash): void {
    if (this.over || this.#down) return;
    this.trace.fault(`crash of ${who}`);
    this.crashes++;
    if (who === 'worker') {
      this.#sender?.killWorker(0);
      return;
    }
    if (who !== 'verifier') {
      this.#sender?.process.kill();
      this.truth.senderDied();
    }
    // Without its parent, a verifier ends as well.
    this.#verifier?.process.kill();
    if (who === 'machine') this.disk.crash();
    if (who !== 'verifier') this.#sender = null;
    this.#down = true;
    this.clock.at(this.clock.nowUs() + downUs, () => {
      this.#down = false;
      this.#startVerifier(true);
    });
  }

  #heard(message: FromVerifier): void {
    const current = this.#verifier;
    if (current === null) return;
    switch (message.kind) {
      case 'ready':
        current.ready = true;
        if (this.#sender === null) this.#startSender();
        else this.#finish();
        break;
      case 'done':
        this.over = true;
        break;
      case 'failed':
        if (this.disk.failed.has(`${DIR}/seen`)) {
          this.readerFailed = true;
          this.#verifier = null;
          // A sender that has not begun does not begin without a reader.
          if (this.ended !== null || this.#sender === null) this.over = true;
        } else this.#giveUp(`the verifier: ${message.error.code}: ${message.error.message}`);
        break;
    }
  }

  #finish(): void {
    const current = this.#verifier;
    if (current === null || !current.ready || current.asked || this.ended === null) return;
    current.asked = true;
    const graceUs = this.#twist.graceUs?.(this.setting.graceUs) ?? this.setting.graceUs;
    this.finishUs = this.clock.nowUs();
    this.#later(null, () => current.verifier.handle({ kind: 'finish', graceUs, cutShort: false }));
  }

  #giveUp(failure: string): void {
    this.failure ??= failure;
    this.over = true;
  }

  /** Of what the reader was given, only what is in its file counts from here on. */
  async keepRecorded(): Promise<void> {
    const path = `${DIR}/seen`;
    const received = await readSeen(path, this.disk.look() as Disk).then(
      ({ unattributed }) => unattributed.received,
      () => 0,
    );
    this.truth.keepFirst(received);
  }

  #sinkWorld(process: Process, dice: Dice): SinkWorld<AnyBroker> {
    const { setting, clock, broker, trace, truth } = this;
    return { setting, clock, process, broker, dice, trace, truth };
  }

  /** What a process has said is heard a little later; what it was told comes to nobody once it is dead. */
  #later(from: Process | null, task: () => void): void {
    const current = this.#verifier;
    this.clock.at(this.clock.nowUs() + 100, () => {
      if (this.#verifier !== current || (from !== null && !from.alive)) return;
      if (from === null) current?.process.run(task);
      else task();
    });
  }
}
