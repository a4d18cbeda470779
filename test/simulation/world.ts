import type { Anchor } from '../../src/core/anchor.ts';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { Standstill } from '../../src/core/standstill.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import type { FromVerifier } from '../../src/verify/protocol.ts';
import { Verifier } from '../../src/verify/verifier.ts';
import { Dice } from './dice.ts';
import { PartitionSink, type SinkWorld } from './partition-sink.ts';
import { PartitionSource } from './partition-source.ts';
import { type Message, PartitionedBroker } from './partitioned-broker.ts';
import { Process } from './process.ts';
import { Sender } from './sender.ts';
import { type Crash, type Setting, settingOf, type TimedFault } from './setting.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { Trace } from './trace.ts';
import { Truth } from './truth.ts';
import { none, type Twist } from './twist.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Where the run's records lie. */
export const DIR = '/run';
/** No world lasts longer; one that does hangs. */
const LIMIT_US = 200_000_000;
/** A stop of the reader that it has to notice, and one that it need not. */
const STANDSTILL_US = 2_300_000;
const PAUSE_US = 100_000;

/** A world with one run in it, from its seed to the end of its files. */
export class World {
  readonly setting: Setting;
  readonly clock = new VirtualClock();
  readonly trace: Trace;
  readonly truth: Truth;
  readonly disk: SimulatedDisk;
  readonly broker: PartitionedBroker;
  anchor: Anchor | null = null;
  /** How the last sender ended; null: it has not. */
  ended: string | null = null;
  /** Reader stops that its health has to show. */
  standstills = 0;
  /** The reader follows another one that has left nothing: it cannot vouch for what that one was given. */
  withoutRecord = false;
  crashes = 0;
  /** When the reader was told that everything is sent. */
  finishUs = 0;
  /** Who gave up, and why. */
  failure: string | null = null;
  readonly #twist: Twist;
  readonly #sinks: PartitionSink[] = [];
  #sender: Sender | null = null;
  #verifier: { process: Process; verifier: Verifier; ready: boolean; asked: boolean } | null = null;
  /** Somebody is dead and not yet started again. */
  #down = false;
  #over = false;

  constructor(seed: number, twist: Twist = none, verbose = false) {
    this.setting = settingOf(seed);
    this.#twist = twist;
    this.trace = new Trace(() => this.clock.nowUs(), verbose);
    const { plan, disk } = this.setting;
    this.truth = new Truth(
      plan.fleets.map(({ slots, schedule: { rate } }) =>
        Array.from({ length: slots }, (_, slot) => Math.floor((slot * rate.perUs) / rate.events)),
      ),
    );
    this.disk = new SimulatedDisk(this.clock, new Dice(seed, 'disk'), disk, this.trace);
    this.disk.onAppend = (path) => path === `${DIR}/sent` && this.truth.appended();
    this.disk.onSynced = (path) => path === `${DIR}/sent` && this.truth.synced();
    this.broker = new PartitionedBroker(this.setting, this.clock, new Dice(seed, 'broker'), this.trace);
  }

  /** Lets everything happen. Rejects when something hangs. */
  async live(): Promise<void> {
    this.#startVerifier(false);
    await this.clock.advance(LIMIT_US, () => this.#over);
    if (!this.#over) throw new Error('the world does not come to its end');
  }

  #startVerifier(resume: boolean): void {
    const { plan, shard, seed } = this.setting;
    const process = new Process('verifier', this.clock);
    const dice = new Dice(seed, 'verifier', `${this.clock.nowUs()}`);
    const standstill = new Standstill(process.clock, () => 0);
    standstill.start();
    this.standstills = 0;
    this.withoutRecord = resume && !this.disk.hasFirstRecord(`${DIR}/seen`);
    const verifier = new Verifier({
      clock: process.clock,
      openSource: (_protocol, _options, context) => {
        const twisted = this.#twist.sourceContext?.(context) ?? context;
        const source = new PartitionSource(this.#sinkWorld(process, dice, this.truth), twisted);
        return Promise.resolve(this.#twist.source?.(source) ?? source);
      },
      post: (message) => this.#later(process, () => this.#heard(message)),
      random: () => dice.next(),
      reveal: (text) => text,
      busy: () => 0,
      stoodStill: () => standstill.take(),
      wallOffsetUs: () => process.clock.wallUs() - process.clock.nowUs(),
      machine: () => ({ throttling: [], memory: [], processors: null, openFiles: null }),
      usage: () => ({ cpuSeconds: 0, peakRssBytes: 0 }),
      residentBytes: () => 0,
      disk: this.disk.of(process),
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
    const { seed } = this.setting;
    this.ended = null;
    const sender = new Sender({
      setting: this.setting,
      clock: this.clock,
      disk: this.disk,
      dir: DIR,
      truth: this.truth,
      openSink: (process, context) => {
        const dice = new Dice(seed, 'sink', `${context.part.index}`, `${this.clock.nowUs()}`);
        const sink = new PartitionSink(
          this.#sinkWorld(process, dice, this.truth),
          this.#twist.sink === undefined ? context : { ...context, events: this.#twist.sink(context.events) },
        );
        this.#sinks.push(sink);
        return sink;
      },
      earlier: this.anchor,
      twist: this.#twist,
      started: (anchor) => {
        if (this.anchor === null) this.#begin(anchor);
      },
      done: () => {
        this.ended = sender.ended;
        this.trace.note('sent');
        this.#finish();
      },
    });
    this.#sender = sender;
    sender.run().catch((error: Error) => this.#giveUp(`the sender: ${error.message}`));
  }

  /** Slot time has its zero: from here on the fault plan knows when to strike. */
  #begin(anchor: Anchor): void {
    this.anchor = anchor;
    void this.#verifier?.verifier.handle({ kind: 'anchor', anchor });
    const { seed, times, lengthUs, crashes } = this.setting;
    const dice = new Dice(seed, 'times');
    for (const [fault, count] of Object.entries(times) as [TimedFault, number][]) {
      for (let i = 0; i < count; i++) {
        this.clock.at(anchor.startMonoUs + dice.whole(0, lengthUs), () => this.#strike(fault, dice));
      }
    }
    for (const crash of crashes) this.clock.at(anchor.startMonoUs + crash.atUs, () => this.#crash(crash));
  }

  #strike(fault: TimedFault, dice: Dice): void {
    switch (fault) {
      case 'reset':
        if (this.#sinks.length > 0) dice.pick(this.#sinks).reset(dice.whole(0, 99));
        break;
      case 'broker stall':
        this.broker.stall(dice.whole(10_000, 2_500_000));
        break;
      case 'foreign':
        this.trace.fault('foreign');
        this.broker.store(dice.whole(0, this.setting.partitions - 1), this.#foreign(dice));
        break;
      case 'wall step':
        this.trace.fault('wall step');
        this.clock.stepWall(dice.pick([-1, 1]) * dice.whole(1, 3_600_000_000));
        break;
      case 'reader stop': {
        const us = dice.chance(0.5) ? PAUSE_US : STANDSTILL_US;
        if (us === STANDSTILL_US) this.standstills++;
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
        this.#twin(dice);
        break;
    }
  }

  #crash({ who, downUs }: Crash): void {
    if (this.#over || this.#down) return;
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
        this.#over = true;
        break;
      case 'failed':
        this.#giveUp(`the verifier: ${message.error.code}: ${message.error.message}`);
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

  #foreign(dice: Dice): Message {
    const { plan, shard, seed } = this.setting;
    const nobodys = { fleet: -1, slot: -1, kind: 'foreign', identity: new Uint8Array(0) } as const;
    const others = plan.fleets[0]?.devices ?? 1;
    const made = (runId: string, slot: number): Message => {
      const events = createFleetEvents(plan, 0, { ...(this.anchor as Anchor), runId });
      const batch = createEventBatch(1, 4096);
      events.append(slot, events.profile.timeOf(slot), batch);
      return { ...nobodys, payload: batch.bytes.slice(batch.payloads[0], batch.ends[0]) };
    };
    const slots = plan.fleets[0]?.slots ?? 1;
    const what = dice.whole(0, 2);
    if (what === 0) return { ...nobodys, payload: new TextEncoder().encode(`{"other":${dice.whole(0, 9)}}`) };
    if (what === 1) return made('another-run', dice.whole(0, slots - 1));
    // Another shard's, where there is one.
    const seat = (shard.index + 1) % shard.count;
    if (seat === shard.index || seat >= others) return made(`seed-${seed + 1}`, dice.whole(0, slots - 1));
    return made(`seed-${seed}`, seat);
  }

  /** A second process with this shard's number sends the same events for a while, by a clock that may be ahead. */
  #twin(dice: Dice): void {
    const { plan, shard, partitions } = this.setting;
    const anchor = this.anchor as Anchor;
    const fromUs = this.clock.nowUs() - anchor.startMonoUs;
    const toUs = fromUs + dice.whole(200_000, 2_000_000);
    const skewUs = dice.pick([-300_000, 0, 300_000]);
    this.trace.fault('twin');
    plan.fleets.forEach(({ devices }, fleet) => {
      const events = createFleetEvents(plan, fleet, anchor);
      this.truth.slots[fleet]?.forEach(({ dueUs }, slot) => {
        const seat = slot % devices;
        if (dueUs < fromUs || dueUs >= toUs || seat % shard.count !== shard.index) return;
        this.clock.at(anchor.startMonoUs + Math.max(fromUs, dueUs + skewUs), () => {
          const batch = createEventBatch(1, 4096);
          events.append(slot, dueUs, batch);
          const payload = batch.bytes.slice(batch.payloads[0], batch.ends[0]);
          const message = { fleet, slot, kind: 'own', identity: new Uint8Array(0), payload } as const;
          this.broker.store((seat + 5 * fleet) % partitions, message);
        });
      });
    });
  }

  #giveUp(failure: string): void {
    this.failure ??= failure;
    this.#over = true;
  }

  #sinkWorld(process: Process, dice: Dice, truth: Truth | null): SinkWorld {
    const { setting, clock, broker, trace } = this;
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
