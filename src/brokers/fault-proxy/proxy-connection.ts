import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { ANSWER_BYTES, Answer, PacketType, writeAnswer } from '../../wire/mqtt-frames.ts';
import { createPublishLayout, type PublishLayout, readPublish } from '../../wire/mqtt-publish.ts';
import { FrameSplitter } from '../../wire/mqtt-splitter.ts';
import { AckFilter } from './ack-filter.ts';
import type { FaultChooser, FaultPlan, FaultRecord } from './fault-plan.ts';

/** What the connections of a proxy share. */
export interface ProxyState {
  clock: Clock;
  plan: FaultPlan;
  chooser: FaultChooser;
  /** Nothing passes at present. */
  stalled: boolean;
  /** Ordinal of the next PUBLISH. */
  nextOrdinal: number;
  record(record: FaultRecord): void;
  /** Whether the log has place; without, no fault is done. */
  mayRecord(): boolean;
}

/** How the payload of a readiness marker begins, which is never touched and never counted. */
const PROBE = Buffer.from('{"iotload":"probe"');

interface Held {
  frame: Buffer;
  record: FaultRecord;
  cancel: () => void;
}

/** One client's connection through the proxy. Frames queue in `up` and `down` while something holds them; reading pauses meanwhile. */
export class ProxyConnection {
  readonly #state: ProxyState;
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #up: Buffer[] = [];
  readonly #down: Buffer[] = [];
  readonly #acks = new AckFilter();
  readonly #held = new Map<string, Held>();
  /** Frames whose delay or hold was over within a stall: the first to go after it. */
  readonly #overdue: Buffer[] = [];
  readonly #layout = createPublishLayout();
  #cancelDelay: (() => void) | null = null;
  #clientEnded = false;
  #brokerEnded = false;

  constructor(state: ProxyState, client: Socket, broker: Socket) {
    this.#state = state;
    this.#client = client;
    this.#broker = broker;
    this.#relay(client, this.#up, () => this.#pumpUp());
    this.#relay(broker, this.#down, () => this.#pumpDown());
    client.on('end', () => {
      this.#clientEnded = true;
      this.#pumpUp();
    });
    broker.on('end', () => {
      this.#brokerEnded = true;
      this.#pumpDown();
    });
    client.on('close', () => {
      if (!broker.writableEnded) this.cut();
    });
    broker.on('close', () => {
      if (!this.#brokerEnded) this.cut();
    });
  }

  /** Ends both sides at once. */
  cut(): void {
    this.#cancelDelay?.();
    for (const { cancel } of this.#held.values()) cancel();
    this.#held.clear();
    this.#overdue.length = 0;
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
    if (!this.#broker.destroyed) this.#broker.destroy();
  }

  /** A stall has begun or ended. */
  stallChanged(): void {
    this.#pumpUp();
    this.#pumpDown();
  }

  #relay(from: Socket, queue: Buffer[], pump: () => void): void {
    const splitter = new FrameSplitter();
    from.on('error', () => this.cut());
    from.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk, chunk.length, (bytes, start, _body, end) => {
          queue.push(Buffer.from(bytes.subarray(start, end)));
        });
      } catch {
        // What is not MQTT cannot be relayed frame by frame; the peer sees a reset, as from a strict broker.
        this.cut();
        return;
      }
      pump();
    });
    from.on('drain', () => {
      this.#pumpUp();
      this.#pumpDown();
    });
  }

  /** Passes frames towards the broker until something holds them. */
  #pumpUp(): void {
    const out = this.#state.stalled ? [] : this.#overdue.splice(0);
    let taken = 0;
    while (taken < this.#up.length && !this.#state.stalled && this.#cancelDelay === null && !this.#client.destroyed) {
      this.#frameUp(this.#up[taken++] as Buffer, out);
    }
    this.#up.splice(0, taken);
    if (out.length > 0) this.#broker.write(Buffer.concat(out));
    const blocked = this.#state.stalled || this.#cancelDelay !== null || this.#broker.writableNeedDrain;
    if (blocked) this.#client.pause();
    else this.#client.resume();
    if (!this.#clientEnded || this.#up.length > 0 || this.#state.stalled || this.#cancelDelay !== null) return;
    const held = this.#takeHeld();
    if (held.length > 0) this.#broker.write(Buffer.concat(held));
    this.#broker.end();
  }

  #pumpDown(): void {
    if (!this.#state.stalled && this.#down.length > 0) {
      const passed = this.#down.filter((frame) => this.#passesDown(frame));
      this.#down.length = 0;
      if (passed.length > 0) this.#client.write(Buffer.concat(passed));
    }
    if (this.#state.stalled || this.#client.writableNeedDrain) this.#broker.pause();
    else this.#broker.resume();
    if (this.#brokerEnded && this.#down.length === 0) this.#client.end();
  }

  #passesDown(frame: Buffer): boolean {
    if (frame[0] !== Answer.puback || frame.length !== ANSWER_BYTES) return true;
    return this.#acks.take(frame.readUInt16BE(2));
  }

  #frameUp(frame: Buffer, out: Buffer[]): void {
    const type = (frame[0] as number) >>> 4;
    if (type === PacketType.disconnect) out.push(...this.#takeHeld());
    if (type !== PacketType.publish) {
      out.push(frame);
      return;
    }
    const layout = this.#layout;
    try {
      readPublish(frame, 0, bodyOf(frame), frame.length, layout);
    } catch {
      this.cut();
      return;
    }
    const payload = frame.subarray(layout.payloadStart);
    if (payload.subarray(0, PROBE.length).equals(PROBE)) {
      out.push(frame);
      return;
    }
    const ordinal = this.#state.nextOrdinal++;
    const held = this.#held.size === 0 ? undefined : this.#held.get(topicOf(frame, layout));
    if (held !== undefined) {
      // The one that overtakes is passed on as it is, so that each fault stands alone.
      this.#held.delete(held.record.topic);
      held.cancel();
      this.#expect(frame, true);
      this.#state.record({ ...held.record, partner: ordinal });
      out.push(frame, held.frame);
      return;
    }
    const kind = this.#state.mayRecord() ? this.#state.chooser.kindOf(ordinal) : null;
    if (kind === null) {
      this.#expect(frame, true);
      out.push(frame);
      return;
    }
    this.#doFault(frame, { kind, ordinal, topic: topicOf(frame, layout), payload: Buffer.from(payload) }, out);
  }

  #doFault(frame: Buffer, record: FaultRecord, out: Buffer[]): void {
    const state = this.#state;
    const { packetId } = this.#layout;
    switch (record.kind) {
      case 'reset':
        state.record(record);
        if (out.length > 0) this.#broker.write(Buffer.concat(out));
        out.length = 0;
        this.#takeHeld();
        this.#client.resetAndDestroy();
        this.#broker.end();
        return;
      case 'drop':
        state.record(record);
        if (packetId !== 0) {
          const ack = Buffer.alloc(ANSWER_BYTES);
          writeAnswer(ack, 0, Answer.puback, packetId);
          this.#client.write(ack);
        }
        return;
      case 'double':
        state.record(record);
        if (packetId !== 0) this.#acks.expectTwo(packetId);
        out.push(frame, frame);
        return;
      case 'reorder':
        this.#expect(frame, true);
        this.#hold(frame, record);
        return;
      case 'alter': {
        this.#expect(frame, true);
        const altered = Buffer.from(frame);
        if (record.payload.length > 0) {
          const offset = state.chooser.alterOffset(record.ordinal, record.payload.length);
          altered[this.#layout.payloadStart + offset] = (record.payload[offset] as number) ^ 1;
          state.record({ ...record, offset });
        }
        out.push(altered);
        return;
      }
      case 'dropAcks':
        this.#expect(frame, false);
        // At QoS 0 there is no acknowledgement to lose, so nothing is done.
        if (packetId !== 0) state.record(record);
        out.push(frame);
        return;
      case 'delay':
        state.record(record);
        this.#expect(frame, true);
        this.#delay(frame);
    }
  }

  #expect(frame: Buffer, passes: boolean): void {
    if (((frame[0] as number) & 6) !== 0) this.#acks.expect(this.#layout.packetId, passes);
  }

  #hold(frame: Buffer, record: FaultRecord): void {
    const holdMs = this.#state.plan.reorder?.holdMs ?? 2000;
    const cancel = this.#state.clock.after(holdMs, () => {
      this.#held.delete(record.topic);
      this.#release(frame);
    });
    this.#held.set(record.topic, { frame, record, cancel });
  }

  /** Passes on a frame whose time has come; within a stall, when that is over. */
  #release(frame: Buffer): void {
    if (this.#state.stalled) this.#overdue.push(frame);
    else this.#broker.write(frame);
  }

  /** Frames that nothing overtook, in the order they came. */
  #takeHeld(): Buffer[] {
    const all = [...this.#held.values()];
    for (const { cancel } of all) cancel();
    this.#held.clear();
    return all.map(({ frame }) => frame);
  }

  #delay(frame: Buffer): void {
    this.#cancelDelay = this.#state.clock.after(this.#state.plan.delay?.ms ?? 0, () => {
      this.#cancelDelay = null;
      this.#release(frame);
      this.#pumpUp();
    });
  }
}

/** Position of the body of a complete frame. */
function bodyOf(frame: Buffer): number {
  let at = 1;
  while ((frame[at] as number) >= 128) at++;
  return at + 1;
}

function topicOf(frame: Buffer, layout: PublishLayout): string {
  return frame.toString('utf8', layout.topicStart, layout.topicEnd);
}
