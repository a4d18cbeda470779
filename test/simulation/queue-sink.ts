import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { PublishLane } from '../../src/targets/mqtt/publish-lane.ts';
import { Settlements } from '../../src/targets/mqtt/settlements.ts';
import type { Sink, SinkContext } from '../../src/targets/target.ts';
import { Answer } from '../../src/wire/mqtt-frames.ts';
import type { Message } from './broker.ts';
import type { SinkWorld } from './partition-sink.ts';
import type { Packet, PacketAnswer, QueueBroker, SenderSession } from './queue-broker.ts';
import { Wire } from './wire.ts';

const SWEEP_MS = 100;
const FLUSH_POLL_MS = 5;

interface Lane {
  number: number;
  /** MQTT's own account of the connection: what is in flight, and how much more it takes. */
  state: PublishLane;
  /** null while the connection is down. */
  wires: readonly [Wire, Wire] | null;
  session: SenderSession;
  /** By identifier, what an event that is sent again has to be. */
  messages: Map<number, Message>;
}

/** A sink over simulated connections to a queue-like broker, with MQTT's windows, identifiers, repeated attempts and settlements. */
export class QueueSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly #world: SinkWorld<QueueBroker>;
  readonly #context: SinkContext;
  readonly #settlements: Settlements;
  readonly #lanes: Lane[];
  readonly #cancelSweep: () => void;
  #closed = false;

  constructor(world: SinkWorld<QueueBroker>, context: SinkContext) {
    const { partitions, window, qos } = world.setting;
    const { events, fleets, clock } = context;
    this.#world = world;
    this.#context = context;
    this.lanes = partitions;
    this.room = new Int32Array(partitions);
    this.#settlements = new Settlements(
      fleets.map(({ index }) => index),
      {
        ...events,
        settled: (fleet, slots, sentAtUs, count, outcome, reason, atUs) => {
          for (let i = 0; i < count; i++) this.#note(fleet, slots[i] as number, outcome, atUs);
          events.settled(fleet, slots, sentAtUs, count, outcome, reason, atUs);
        },
      },
    );
    const drained = (lane: number): void => events.drained(lane);
    this.#lanes = Array.from({ length: partitions }, (_, number) => ({
      number,
      state: new PublishLane(number, qos, window, this.room, drained),
      wires: null,
      session: new Map(),
      messages: new Map(),
    }));
    for (const lane of this.#lanes) this.#connect(lane, false);
    this.#cancelSweep = clock.every(SWEEP_MS, () => this.#expire(clock.nowUs() - world.setting.timeoutUs));
    world.process.onDeath(() => {
      for (const { wires } of this.#lanes) for (const wire of wires ?? []) wire.cut();
    });
  }

  laneOf(fleet: number, seat: number): number {
    return (seat + 5 * fleet) % this.lanes;
  }

  send(batch: EventBatch, atUs: number): void {
    const byLane = new Map<Lane, number[]>();
    for (let i = 0; i < batch.count; i++) {
      const lane = this.#lanes[this.laneOf(batch.fleet, batch.seats[i] as number)] as Lane;
      const group = byLane.get(lane);
      if (group === undefined) byLane.set(lane, [i]);
      else group.push(i);
    }
    for (const [lane, group] of byLane) this.#sendOver(lane, batch, group, atUs);
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (this.#lanes.some(({ state }) => state.outstanding > 0)) {
      if (clock.nowUs() >= deadlineUs) {
        this.#expire(Number.POSITIVE_INFINITY);
        return;
      }
      await new Promise<void>((resolve) => void clock.after(FLUSH_POLL_MS, resolve));
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    for (const lane of this.#lanes) {
      for (const wire of lane.wires ?? []) wire.cut();
      this.#lose(lane, 'closed');
    }
    return Promise.resolve();
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }

  /** The connection breaks; both sides notice. */
  reset(number: number): void {
    const { process, clock, dice, trace, setting } = this.#world;
    const lane = this.#lanes[number % this.lanes] as Lane;
    if (lane.wires === null || this.#closed || !process.alive) return;
    trace.fault('reset', lane.number);
    for (const wire of lane.wires) wire.cut();
    lane.wires = null;
    process.run(() => {
      if (setting.repeats) lane.state.suspended();
      else this.#lose(lane, 'connection lost');
    });
    clock.at(clock.nowUs() + dice.whole(20_000, 600_000), () =>
      process.run(() => {
        if (this.#closed) return;
        const kept = setting.repeats && !dice.chance(0.2);
        if (!kept) {
          lane.session = new Map();
          this.#lose(lane, 'session lost');
        }
        this.#connect(lane, kept);
      }),
    );
  }

  #connect(lane: Lane, kept: boolean): void {
    const { clock, dice, setting } = this.#world;
    lane.wires = [new Wire(clock, dice, setting.latencyUs), new Wire(clock, dice, setting.latencyUs)];
    const limits = { receiveMaximum: setting.receiveMaximum, maximumPacketSize: Number.POSITIVE_INFINITY };
    lane.state.connected(limits, kept);
    if (kept) this.#resend(lane);
  }

  /** What the broker has not answered, as the same events under their old identifiers. */
  #resend({ state, messages, number }: Lane): void {
    const { truth, setting } = this.#world;
    const { inFlight, window } = state;
    if (inFlight === null) return;
    const packets: Packet[] = [];
    inFlight.forEachReleased((packetId) => void packets.push({ kind: 'release', packetId }));
    let left = window;
    inFlight.forEachUnanswered((packetId, fleet, slot) => {
      if (left-- <= 0) return;
      packets.push({ kind: 'publish', packetId, message: messages.get(packetId) as Message });
      const mayDouble = setting.qos === 1;
      const is = truth?.of(fleet, slot);
      if (is !== undefined) {
        is.attempts++;
        is.mayDouble ||= mayDouble;
      }
      this.#context.events.resent(fleet, Float64Array.of(slot), 1, mayDouble);
    });
    this.#transmit(this.#lanes[number] as Lane, packets);
  }

  #sendOver(lane: Lane, batch: EventBatch, group: readonly number[], atUs: number): void {
    const { state } = lane;
    const settleAll = (outcome: Outcome, reason: string): void => {
      this.#settlements.begin(outcome, reason, this.#context.clock.nowUs());
      for (const i of group) this.#settlements.add(batch.fleet, batch.slots[i] as number, atUs);
      this.#settlements.flush();
      state.giveBack(group.length);
    };
    // Its connection went down between the engine's look at its room and now.
    if (lane.wires === null || !state.up) {
      settleAll(Outcome.rejected, 'not connected');
      return;
    }
    const packets = group.map((i): Packet => {
      const [identity, payload] = [batch.identities[i] as number, batch.payloads[i] as number];
      const message: Message = {
        fleet: batch.fleet,
        slot: batch.slots[i] as number,
        kind: 'own',
        identity: batch.bytes.slice(identity, payload),
        payload: batch.bytes.slice(payload, batch.ends[i]),
      };
      const packetId = state.begin(message.fleet, message.slot, atUs);
      lane.messages.set(packetId, message);
      return { kind: 'publish', packetId, message };
    });
    this.#transmit(lane, packets);
    if (state.qos === 0) settleAll(Outcome.noAck, 'written');
  }

  #transmit(lane: Lane, packets: readonly Packet[]): void {
    const { broker, trace, truth, process } = this.#world;
    const { wires, session, number } = lane;
    if (wires === null || packets.length === 0) return;
    for (const packet of packets) {
      if (packet.kind === 'release') continue;
      const { fleet, slot } = packet.message;
      trace.note('left', fleet, slot);
      if (truth !== null) truth.of(fleet, slot).left++;
    }
    const [out, back] = wires;
    out.send(() =>
      broker.handle(session, number, packets, (answers) =>
        back.send(() =>
          process.run(() => {
            if (lane.wires === wires && !this.#closed) this.#answered(lane, answers);
          }),
        ),
      ),
    );
  }

  #answered(lane: Lane, answers: readonly PacketAnswer[]): void {
    const settlements = this.#settlements;
    const nowUs = this.#context.clock.nowUs();
    const releases: Packet[] = [];
    let room = 0;
    for (const { frame, packetId, refused } of answers) {
      if (frame === Answer.pubrec && !refused) {
        lane.state.receive(packetId);
        releases.push({ kind: 'release', packetId });
        continue;
      }
      settlements.begin(refused ? Outcome.rejected : Outcome.acked, refused ? 'refused' : 'puback', nowUs);
      room += lane.state.acknowledge(packetId, settlements);
      settlements.flush();
    }
    lane.state.giveBack(room);
    this.#transmit(lane, releases);
  }

  #expire(sentBeforeUs: number): void {
    const { clock } = this.#context;
    for (const { state, number } of this.#lanes) {
      if (state.oldestSentAtUs >= sentBeforeUs) continue;
      this.#settlements.begin(Outcome.unknown, 'timeout', clock.nowUs());
      const room = state.expire(sentBeforeUs, this.#settlements);
      this.#settlements.flush();
      state.giveBack(room);
      if (state.idsExhausted) this.reset(number);
    }
  }

  #lose({ state }: Lane, reason: string): void {
    this.#settlements.begin(Outcome.unknown, reason, this.#context.clock.nowUs());
    state.lost(this.#settlements);
    this.#settlements.flush();
  }

  /** The world learns of an outcome before the engine does. */
  #note(fleet: number, slot: number, outcome: Outcome, toldUs: number): void {
    this.#world.trace.note('settled', fleet, slot, outcome);
    const truth = this.#world.truth?.of(fleet, slot);
    if (truth !== undefined) Object.assign(truth, { outcome, toldUs, times: truth.times + 1 });
  }
}
