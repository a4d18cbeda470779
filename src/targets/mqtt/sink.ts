import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import { ConnectionNotices } from '../connection-notices.ts';
import type { Cut, Sink, SinkContext, TargetOptions } from '../target.ts';
import { AnswerFrames } from './answer-frames.ts';
import { ConnectQueue } from './connect-queue.ts';
import { cutLanes } from './cut-lanes.ts';
import { type IdentityOf, sinkIdentities } from './identities.ts';
import { LaneGroups } from './lane-groups.ts';
import { type LaneMap, laneMapOf } from './lane-map.ts';
import { leastUp, Opening } from './opening.ts';
import type { MqttOptions } from './options.ts';
import { PublishEncoder } from './publish-encoder.ts';
import { PublishLane } from './publish-lane.ts';
import { PublishLink } from './publish-link.ts';
import { Resender } from './resender.ts';
import type { Session, SessionSettings } from './session.ts';
import { connectShare, sessionSettings } from './settings.ts';
import { Settlements } from './settlements.ts';
import { fillWill } from './will.ts';

/** More than this waiting in one socket, and the connection takes no more. */
const MAX_BACKLOG_BYTES = 256 * 1024;
/** Size of the buffer that frames are written into; a larger batch gets a buffer of its own. */
const SCRATCH_BYTES = 128 * 1024;
/** How often it is told how many connections are up. */
const TELL_MS = 500;
/** Pause between two looks at what still has to be flushed. */
const FLUSH_POLL_MS = 2;

/**
 * Connects everything this part needs and resolves when all of it is up, or as much as `connect.min` asks for.
 * @throws IotloadError `target-unreachable`, `target-refused`, `bad-scenario`, `file-unreadable`
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const mqtt = options as unknown as MqttOptions;
  const map = laneMapOf(mqtt.connections, context);
  const settings = await sessionSettings(mqtt, context, 'sink');
  const identityOf = await sinkIdentities(mqtt, context, map);
  const sink = new MqttSink(mqtt, settings, context, map, identityOf);
  try {
    await sink.opened();
  } catch (error) {
    await sink.close();
    throw error;
  }
  return sink;
}

class MqttSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly laneOf: (fleet: number, seat: number) => number;
  readonly #opening: Opening;
  readonly #context: SinkContext;
  readonly #timeoutUs: Micros;
  readonly #encoder: PublishEncoder;
  /** Events of the batch under way that are longer than the broker takes. */
  readonly #oversized = new Set<number>();
  readonly #map: LaneMap;
  readonly #perDevice: boolean;
  readonly #links: PublishLink[] = [];
  readonly #groups: LaneGroups;
  readonly #settlements: Settlements;
  readonly #notices: ConnectionNotices;
  readonly #queue: ConnectQueue;
  readonly #cancelSweep: () => void;
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #open = false;
  #closing: Promise<void> | null = null;

  constructor(
    options: MqttOptions,
    settings: SessionSettings,
    context: SinkContext,
    map: LaneMap,
    identityOf: IdentityOf,
  ) {
    const { clock, events, part, fleets } = context;
    this.#context = context;
    this.#map = map;
    this.#perDevice = options.connections === 'per_device';
    this.#timeoutUs = options.timeoutUs;
    this.#encoder = new PublishEncoder(options.version, options.qos, options.retain);
    this.lanes = map.lanes;
    this.laneOf = map.laneOf;
    this.room = new Int32Array(map.lanes);
    this.#groups = new LaneGroups(map.lanes);
    this.#settlements = new Settlements(
      fleets.map(({ index }) => index),
      events,
    );
    this.#notices = new ConnectionNotices(clock, (kind, detail, count) => events.notice(kind, detail, count));
    this.#queue = new ConnectQueue(clock, connectShare(options.connectPerSecond, part));
    const drained = (lane: number): void => events.drained(lane);
    const total = this.#perDevice
      ? fleets.reduce((sum, { devices }) => sum + devices, 0)
      : Math.max(options.connections as number, part.count);
    const opening = new Opening(map.lanes, leastUp(options.leastUp, map.lanes, total));
    this.#opening = opening;
    const resender = options.cleanStart ? null : new Resender(context, this.#encoder);
    const names = new Map(fleets.map(({ index, name }) => [index, name]));
    const common = {
      settings,
      queue: this.#queue,
      notices: this.#notices,
      settlements: this.#settlements,
      answers: new AnswerFrames(),
      sends: { qos: options.qos, retain: options.retain },
      resend: (state: PublishLane, session: Session) => resender?.resend(state, session),
      willOf: (lane: number, device: string) => {
        const fleet = names.get(map.ownerOf(lane).fleet ?? -1) ?? '';
        return options.will === null ? null : fillWill(options.will, { device, fleet, run: context.runId });
      },
      random: context.random,
      opening,
    };
    for (let lane = 0; lane < map.lanes; lane++) {
      const state = new PublishLane(lane, options.qos, options.maxInFlight, this.room, drained);
      this.#links.push(new PublishLink(common, state, (incarnation) => identityOf(lane, incarnation)));
    }
    const sweepMs = Math.max(5, Math.min(250, options.timeoutUs / 20_000));
    this.#cancelSweep = clock.every(sweepMs, () => this.#expire(clock.nowUs() - this.#timeoutUs, 'timeout'));
  }

  /** Resolves when enough connections are up and every other one has had its time. */
  async opened(): Promise<void> {
    const { clock, events } = this.#context;
    const cancel = clock.every(TELL_MS, () => events.connections?.(this.#opening.up, this.lanes));
    try {
      await this.#opening.done;
    } finally {
      cancel();
    }
    this.#open = true;
  }

  send(batch: EventBatch, atUs: Micros): void {
    const groups = this.#groups;
    groups.build(batch, this.laneOf, this.#encoder);
    const shared = groups.frameBytes <= this.#scratch.length;
    const out = shared ? this.#scratch : Buffer.allocUnsafeSlow(groups.frameBytes);
    let free = true;
    let at = 0;
    for (let group = 0; group < groups.count; group++) {
      const lane = groups.lane(group);
      const { state, session } = this.#links[lane] as PublishLink;
      if (session === null || !state.up || !session.writable) {
        this.#reject(batch, lane, state);
        continue;
      }
      const from = at;
      at = this.#encode(batch, lane, state, atUs, out, at);
      // A socket that is behind keeps what it gets for a while: then its own copy, not all of the shared buffer.
      if (session.backlogBytes > 0) session.write(Buffer.from(out.subarray(from, at)));
      else if (!session.write(out.subarray(from, at))) free = false;
      if (this.#encoder.qos === 0) this.#settleWritten(batch, lane, state, atUs);
      // A write that failed at once ends the session only after this turn; no more may be taken for it until then.
      if (session.backlogBytes > MAX_BACKLOG_BYTES || !session.writable) state.filled();
    }
    if (shared && !free) this.#scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (
      this.#links.some(({ state, session }) => state.outstanding > 0 || (state.up && (session?.backlogBytes ?? 0) > 0))
    ) {
      if (clock.nowUs() >= deadlineUs) {
        this.#expire(Number.POSITIVE_INFINITY, 'timeout');
        return;
      }
      await new Promise<void>((resolve) => {
        clock.after(FLUSH_POLL_MS, resolve);
      });
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  publish(address: string, payload: Uint8Array): Promise<void> {
    const session = this.#links.find(({ state }) => state.up)?.session ?? null;
    if (session === null) {
      return Promise.reject(
        new IotloadError('target-unreachable', 'no connection is up', { where: 'target.endpoint' }),
      );
    }
    return this.#publishOver(session, address, payload);
  }

  disconnect(cut: Cut, forMs: number): void {
    for (const lane of cutLanes(cut, this.#map, this.#context.fleets)) (this.#links[lane] as PublishLink).cut(forMs);
  }

  reload(fleet: number, seat: number, incarnation: number): void {
    // A pool's connections are nobody's.
    if (!this.#perDevice) return;
    (this.#links[this.laneOf(fleet, seat)] as PublishLink).reload(incarnation);
  }

  #publishOver(session: Session, address: string, payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#context.clock.after(this.#timeoutUs / 1000, () => {
        reject(
          new IotloadError('target-unreachable', `no PUBACK within ${this.#timeoutUs / 1e6} s`, { value: address }),
        );
      });
      session.client.publish(address, Buffer.from(payload), { qos: this.#encoder.qos }, (error) => {
        cancel();
        if (error === undefined || error === null) resolve();
        else
          reject(
            new IotloadError('target-unreachable', `not published: ${error.message}`, { value: address, cause: error }),
          );
      });
    });
  }

  /** Writes the frames of one lane's events; returns the position behind them. */
  #encode(batch: EventBatch, lane: number, state: PublishLane, atUs: Micros, out: Buffer, at: number): number {
    const { fleet, slots } = batch;
    const encoder = this.#encoder;
    const limit = state.maximumPacketSize;
    this.#oversized.clear();
    for (let i = this.#groups.first(lane); i >= 0; i = this.#groups.next(i)) {
      if (limit !== Number.POSITIVE_INFINITY && encoder.bytesOf(batch, i) > limit) {
        this.#oversized.add(i);
        continue;
      }
      const packetId = state.begin(fleet, slots[i] as number, atUs);
      at = encoder.write(batch, i, packetId, false, out, at);
    }
    if (this.#oversized.size > 0) this.#rejectOversized(batch, state);
    return at;
  }

  /** The broker has said beforehand that it would hang up at such a frame, so it never gets one. */
  #rejectOversized(batch: EventBatch, state: PublishLane): void {
    const nowUs = this.#context.clock.nowUs();
    this.#settlements.begin(Outcome.rejected, 'larger than the broker takes', nowUs);
    for (const i of this.#oversized) this.#settlements.add(batch.fleet, batch.slots[i] as number, nowUs);
    this.#settlements.flush();
    state.giveBack(this.#oversized.size);
  }

  /** At QoS 0 a written event is all that can be known. */
  #settleWritten(batch: EventBatch, lane: number, state: PublishLane, atUs: Micros): void {
    this.#settlements.begin(Outcome.noAck, 'written', this.#context.clock.nowUs());
    const count = this.#addAll(batch, lane, atUs);
    this.#settlements.flush();
    state.giveBack(count);
  }

  /** The connection went down between the engine's look at its room and now; nothing has left us. */
  #reject(batch: EventBatch, lane: number, state: PublishLane): void {
    const nowUs = this.#context.clock.nowUs();
    this.#oversized.clear();
    this.#settlements.begin(Outcome.rejected, 'not connected', nowUs);
    const count = this.#addAll(batch, lane, nowUs);
    this.#settlements.flush();
    state.giveBack(count);
  }

  #addAll(batch: EventBatch, lane: number, sentAtUs: Micros): number {
    let count = 0;
    for (let i = this.#groups.first(lane); i >= 0; i = this.#groups.next(i)) {
      if (this.#oversized.has(i)) continue;
      this.#settlements.add(batch.fleet, batch.slots[i] as number, sentAtUs);
      count++;
    }
    return count;
  }

  /** Settles what was sent before `sentBeforeUs` and not acknowledged. */
  #expire(sentBeforeUs: Micros, reason: string): void {
    for (const link of this.#links) {
      if (link.state.oldestSentAtUs < sentBeforeUs) link.expire(sentBeforeUs, reason);
    }
  }

  async #close(): Promise<void> {
    this.#cancelSweep();
    this.#queue.clear();
    const never = this.#links.filter(({ everUp }) => !everUp).length;
    for (let i = 0; this.#open && i < never; i++) this.#notices.add('warning', 'never connected');
    await Promise.all(this.#links.map((link) => link.close()));
    this.#notices.flush();
  }
}
