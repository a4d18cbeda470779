import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { Sink, SinkContext } from '../../src/targets/target.ts';
import { type Broker, type Message, outcomeOf } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Process } from './process.ts';
import type { Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { Truth } from './truth.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a sink needs of the world. */
export interface SinkWorld<Kind extends Broker = Broker> {
  setting: Setting;
  clock: VirtualClock;
  process: Process;
  broker: Kind;
  dice: Dice;
  trace: Trace;
  /** null: nobody keeps a record of this one. */
  truth: Truth | null;
}

interface Open {
  message: Message;
  lane: number;
  sentAtUs: number;
  attemptUs: number;
  attempts: number;
  settled: boolean;
}

/** One connection; what was sent over an earlier one of the lane is none of its business. */
interface Lane {
  up: boolean;
  epoch: number;
  withheld: number;
  arrivesUs: number;
  answeredUs: number;
  open: Set<Open>;
}

const SWEEP_MS = 100;
const FLUSH_POLL_MS = 5;
const MAX_ATTEMPTS = 4;

/** A sink over a simulated wire: requests and answers keep their order on a connection, and a connection may be lost with either. */
export class PartitionSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly #world: SinkWorld;
  readonly #context: SinkContext;
  readonly #lanes: Lane[];
  readonly #cancelSweep: () => void;
  #closed = false;

  constructor(world: SinkWorld, context: SinkContext) {
    const { partitions, window } = world.setting;
    this.#world = world;
    this.#context = context;
    this.lanes = partitions;
    this.room = new Int32Array(partitions).fill(window);
    this.#lanes = Array.from({ length: partitions }, () => ({
      up: true,
      epoch: 0,
      withheld: 0,
      arrivesUs: 0,
      answeredUs: 0,
      open: new Set(),
    }));
    this.#cancelSweep = context.clock.every(SWEEP_MS, () => this.#sweep());
    world.process.onDeath(() => {
      for (const lane of this.#lanes) lane.epoch++;
    });
  }

  laneOf(fleet: number, seat: number): number {
    return (seat + 5 * fleet) % this.lanes;
  }

  send(batch: EventBatch, atUs: number): void {
    const byLane = new Map<number, Open[]>();
    for (let i = 0; i < batch.count; i++) {
      const [identity, payload] = [batch.identities[i] as number, batch.payloads[i] as number];
      const slot = batch.slots[i] as number;
      const lane = this.laneOf(batch.fleet, batch.seats[i] as number);
      const open: Open = {
        message: {
          fleet: batch.fleet,
          slot,
          kind: 'own',
          identity: batch.bytes.slice(identity, payload),
          payload: batch.bytes.slice(payload, batch.ends[i]),
        },
        lane,
        sentAtUs: atUs,
        attemptUs: atUs,
        attempts: 1,
        settled: false,
      };
      const group = byLane.get(lane);
      if (group === undefined) byLane.set(lane, [open]);
      else group.push(open);
    }
    for (const [number, group] of byLane) {
      const lane = this.#lanes[number] as Lane;
      // Its connection went down between the engine's look at its room and now.
      if (!lane.up) this.#settle(group, Outcome.rejected, 'not connected');
      else {
        for (const open of group) lane.open.add(open);
        this.#transmit(number, group);
        if (!this.#world.setting.answers) this.#settle(group, Outcome.noAck, 'written');
      }
    }
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (this.#lanes.some(({ open }) => open.size > 0)) {
      if (clock.nowUs() >= deadlineUs) {
        for (const { open } of this.#lanes) this.#settle([...open], Outcome.unknown, 'timeout');
        return;
      }
      await new Promise<void>((resolve) => void clock.after(FLUSH_POLL_MS, resolve));
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    for (const lane of this.#lanes) lane.epoch++;
    return Promise.resolve();
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }

  /** The connection breaks; both sides notice. */
  reset(number: number): void {
    const lane = this.#lanes[number % this.lanes] as Lane;
    const { process, clock, dice, trace } = this.#world;
    if (!lane.up || this.#closed || !process.alive) return;
    trace.fault('reset', number);
    lane.epoch++;
    lane.up = false;
    process.run(() => {
      lane.withheld += this.room[number % this.lanes] as number;
      this.room[number % this.lanes] = 0;
      if (!this.#world.setting.repeats) this.#settle([...lane.open], Outcome.unknown, 'connection lost');
    });
    clock.at(clock.nowUs() + dice.whole(20_000, 600_000), () =>
      process.run(() => {
        lane.up = true;
        this.#repeat([...lane.open]);
        this.#giveBack(number % this.lanes, 0);
      }),
    );
  }

  #transmit(number: number, group: readonly Open[]): void {
    const { clock, broker, dice, trace, truth, setting, process } = this.#world;
    const lane = this.#lanes[number] as Lane;
    const { epoch } = lane;
    for (const { message } of group) {
      trace.note('left', message.fleet, message.slot);
      if (truth !== null) truth.of(message.fleet, message.slot).left++;
    }
    lane.arrivesUs = Math.max(lane.arrivesUs, clock.nowUs() + dice.delayUs(setting.latencyUs));
    clock.at(lane.arrivesUs, () => {
      // What was on the way when the connection broke may have come through.
      if (lane.epoch !== epoch && dice.chance(0.5)) return;
      const messages = group.map(({ message }) => message);
      broker.take(number, messages, (answers) => {
        lane.answeredUs = Math.max(lane.answeredUs, clock.nowUs() + dice.delayUs(setting.latencyUs));
        clock.at(lane.answeredUs, () => {
          process.run(() => {
            if (lane.epoch !== epoch) return;
            for (const [i, open] of group.entries()) this.#answered(open, answers[i] ?? null);
          });
        });
      });
    });
  }

  #answered(open: Open, answer: 'stored' | 'refused' | 'throttled' | null): void {
    if (answer === null || open.settled) return;
    if (answer !== 'throttled') {
      this.#settle([open], outcomeOf[answer], answer);
      return;
    }
    // Told that it was not stored: sent again a little later, and one copy is all there can be.
    this.#context.clock.after(50, () => this.#again(open, false));
  }

  /** Attempts whose fate nobody knows, made once more as the same messages. */
  #repeat(group: readonly Open[]): void {
    for (const open of group) this.#again(open, true);
  }

  #again(open: Open, mayDouble: boolean): void {
    const lane = this.#lanes[open.lane] as Lane;
    if (open.settled || !lane.up || this.#closed) return;
    const { fleet, slot } = open.message;
    open.attempts++;
    open.attemptUs = this.#context.clock.nowUs();
    const truth = this.#world.truth?.of(fleet, slot);
    if (truth !== undefined) {
      truth.attempts++;
      truth.mayDouble ||= mayDouble;
    }
    this.#context.events.resent(fleet, Float64Array.of(slot), 1, mayDouble);
    this.#transmit(open.lane, [open]);
  }

  #sweep(): void {
    const { repeats, timeoutUs } = this.#world.setting;
    const beforeUs = this.#context.clock.nowUs() - timeoutUs;
    for (const lane of this.#lanes) {
      for (const open of [...lane.open]) {
        if (open.attemptUs >= beforeUs) continue;
        if (repeats && open.attempts < MAX_ATTEMPTS && lane.up) this.#again(open, true);
        else this.#settle([open], Outcome.unknown, 'timeout');
      }
    }
  }

  /** Tells the engine, and before it the world. */
  #settle(group: readonly Open[], outcome: Outcome, reason: string): void {
    const nowUs = this.#context.clock.nowUs();
    for (const open of group) {
      const { message, lane, sentAtUs } = open;
      const { fleet, slot } = message;
      open.settled = true;
      (this.#lanes[lane] as Lane).open.delete(open);
      this.#world.trace.note('settled', fleet, slot, outcome);
      const truth = this.#world.truth?.of(fleet, slot);
      if (truth !== undefined) Object.assign(truth, { outcome, toldUs: nowUs, times: truth.times + 1 });
      this.#context.events.settled(fleet, Float64Array.of(slot), Float64Array.of(sentAtUs), 1, outcome, reason, nowUs);
    }
    for (const { lane } of group) this.#giveBack(lane, 1);
  }

  #giveBack(number: number, count: number): void {
    const lane = this.#lanes[number] as Lane;
    lane.withheld += count;
    if (!lane.up || lane.withheld === 0) return;
    const before = this.room[number] as number;
    this.room[number] = before + lane.withheld;
    lane.withheld = 0;
    if (before === 0) this.#context.events.drained(number);
  }
}
