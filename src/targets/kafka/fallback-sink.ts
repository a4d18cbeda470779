import type { Message } from 'kafkajs';
import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import { IDENTITY_HEADER } from '../../wire/kafka/identity-header.ts';
import { partitionOf } from '../../wire/kafka/murmur2.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { Sink, SinkContext } from '../target.ts';
import { isRefusal, type PlainProducer } from './kafkajs-producer.ts';
import type { KafkaOptions } from './options.ts';

/** Events that a lane may hold. */
const WINDOW = 4_096;
/** Most messages of one call: KafkaJS copies lists of more again and again. */
const MOST_MESSAGES = 1_000;
const FLUSH_POLL_MS = 2;

interface Pending {
  fleet: number;
  slot: number;
  atUs: Micros;
  message: Message;
}

/**
 * A sink that sends by a producer's `send`, for a KafkaJS whose inside is not the one that the fast sink knows. It costs dozens of times as
 * much, and what is not confirmed at once is unknown more often. One call at a time per partition keeps the order.
 */
export class FallbackSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly laneOf: (fleet: number, seat: number) => number;
  readonly #producer: PlainProducer;
  readonly #options: Pick<KafkaOptions, 'acks' | 'lingerUs'>;
  readonly #context: SinkContext;
  readonly #waiting: Pending[][];
  readonly #busy: boolean[];
  /** By lane, what `send` has and has not answered. */
  readonly #underWay = new Map<number, Pending[]>();
  #outstanding = 0;
  /** Nothing is told any more of what is still under way. */
  #abandoned = 0;
  #closing: Promise<void> | null = null;

  /** `room` has a place for each partition. */
  constructor(
    producer: PlainProducer,
    options: Pick<KafkaOptions, 'acks' | 'lingerUs'>,
    context: SinkContext,
    room: Int32Array = new Int32Array(producer.partitions),
  ) {
    this.#producer = producer;
    this.#options = options;
    this.#context = context;
    this.lanes = producer.partitions;
    this.laneOf = seatLanes(this.lanes, partitionOf, context);
    this.room = room.fill(WINDOW);
    this.#waiting = Array.from({ length: this.lanes }, () => []);
    this.#busy = new Array<boolean>(this.lanes).fill(false);
    for (let lane = 0; lane < this.lanes; lane++) context.events.partition?.(lane, 0, 0);
    context.events.notice('warning', 'kafkajs is not the version iotload knows: slow sending by producer.send', 1);
  }

  send(batch: EventBatch, atUs: Micros): void {
    const timestamp = `${Math.floor(this.#context.clock.wallUs() / 1000)}`;
    for (let i = 0; i < batch.count; i++) {
      const lane = this.laneOf(batch.fleet, batch.seats[i] as number);
      const [start, identity] = [batch.starts[i] as number, batch.identities[i] as number];
      const payload = batch.payloads[i] as number;
      const copy = (from: number, to: number): Buffer => Buffer.from(batch.bytes.subarray(from, to));
      const message: Message = {
        partition: lane,
        timestamp,
        key: identity === start ? null : copy(start, identity),
        value: copy(payload, batch.ends[i] as number),
        ...(payload === identity ? {} : { headers: { [IDENTITY_HEADER]: copy(identity, payload) } }),
      };
      const waiting = this.#waiting[lane] as Pending[];
      waiting.push({ fleet: batch.fleet, slot: batch.slots[i] as number, atUs, message });
      if (waiting.length === 1 && this.#busy[lane] !== true) {
        this.#context.clock.after(this.#options.lingerUs / 1000, () => this.#pump(lane));
      }
      this.#outstanding++;
    }
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (this.#outstanding > 0 && clock.nowUs() < deadlineUs) {
      for (let lane = 0; lane < this.lanes; lane++) this.#pump(lane);
      await new Promise<void>((resolve) => {
        clock.after(FLUSH_POLL_MS, resolve);
      });
    }
    this.#abandon('timeout');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async publish(address: string, payload: Uint8Array): Promise<void> {
    const key = Buffer.from(address);
    const partition = key.length === 0 ? 0 : partitionOf(key, this.lanes);
    try {
      await this.#producer.send(partition, [{ partition, key, value: Buffer.from(payload) }]);
    } catch (cause) {
      const message = `a record was not taken: ${(cause as Error).message}`;
      throw new IotloadError('target-unreachable', message, { where: 'target.topic', cause });
    }
  }

  #pump(lane: number): void {
    const waiting = this.#waiting[lane] as Pending[];
    if (this.#busy[lane] === true || waiting.length === 0) return;
    this.#busy[lane] = true;
    void this.#sendSome(lane, waiting.splice(0, MOST_MESSAGES));
  }

  async #sendSome(lane: number, some: Pending[]): Promise<void> {
    const { acks } = this.#options;
    const abandoned = this.#abandoned;
    this.#underWay.set(lane, some);
    let outcome: Outcome = acks === 0 ? Outcome.noAck : Outcome.acked;
    let reason = acks === 0 ? 'written' : acks === 1 ? 'acks-1' : 'acks-all';
    try {
      await this.#producer.send(
        lane,
        some.map(({ message }) => message),
      );
    } catch (error) {
      outcome = isRefusal(error) ? Outcome.rejected : Outcome.unknown;
      reason = isRefusal(error) ? 'refused' : 'send failed';
    }
    this.#busy[lane] = false;
    if (abandoned === this.#abandoned) {
      this.#underWay.delete(lane);
      this.#settle(lane, some, outcome, reason);
    }
    this.#pump(lane);
  }

  #settle(lane: number, some: readonly Pending[], outcome: Outcome, reason: string): void {
    const { events, clock } = this.#context;
    const nowUs = clock.nowUs();
    for (let from = 0, to = 0; from < some.length; from = to) {
      const { fleet } = some[from] as Pending;
      while (some[to]?.fleet === fleet) to++;
      const run = some.slice(from, to);
      const slots = Float64Array.from(run, ({ slot }) => slot);
      const sentAtUs = Float64Array.from(run, ({ atUs }) => atUs);
      events.settled(fleet, slots, sentAtUs, run.length, outcome, reason, nowUs);
    }
    this.#outstanding -= some.length;
    if (outcome === Outcome.acked || outcome === Outcome.noAck) events.partition?.(lane, some.length, 0);
    const before = this.room[lane] as number;
    this.room[lane] = before + some.length;
    if (before === 0 && some.length > 0) events.drained(lane);
  }

  #abandon(reason: string): void {
    this.#abandoned++;
    for (const [lane, some] of this.#underWay) this.#settle(lane, some, Outcome.unknown, reason);
    this.#underWay.clear();
    for (const [lane, waiting] of this.#waiting.entries())
      this.#settle(lane, waiting.splice(0), Outcome.rejected, `${reason} unsent`);
  }

  async #close(): Promise<void> {
    this.#abandon('closed');
    await this.#producer.close();
  }
}
