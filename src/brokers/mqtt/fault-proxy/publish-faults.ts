import { ANSWER_BYTES, Answer, PacketType, writeAnswer } from '../../../wire/mqtt-frames.ts';
import { createPublishLayout, type PublishLayout, readPublish, readPublish5 } from '../../../wire/mqtt-publish.ts';
import { type AckFate, AckFilter } from './ack-filter.ts';
import type { FaultKind, FaultRecord } from './fault-plan.ts';
import { HeldPublishes } from './held-publishes.ts';
import { bodyOf, reasonedAnswer } from './mqtt5-translator.ts';
import { plainPublish } from './plain-publish.ts';
import type { ProxyState } from './proxy-state.ts';

/** How the payload of a readiness marker begins, which is never touched and never counted. */
const PROBE = Buffer.from('{"iotload":"probe"');
/** Reason code of MQTT 5: quota exceeded. */
const QUOTA_EXCEEDED = 0x97;

/** What a fault can ask of the connection on which it happens. */
export interface Way {
  /** The broker's side is still there. */
  readonly isOpen: boolean;
  /** Sends a frame to the client, in the broker's name. */
  answer(frame: Buffer): void;
  /** Passes a frame on as soon as nothing is stalled. */
  release(frame: Buffer): void;
  /** Holds a frame and what follows it. */
  delay(frame: Buffer): void;
  /** Passes on what is in `out`, and cuts. */
  reset(out: Buffer[]): void;
}

/** What the client of a connection speaks, and the broker behind it. */
export interface Versions {
  client: 4 | 5;
  broker: 4 | 5;
}

/** Decides and does what happens to the PUBLISHes of one connection, and to their acknowledgements. */
export class PublishFaults {
  readonly #state: ProxyState;
  readonly #way: Way;
  readonly #acks = new AckFilter();
  readonly #held: HeldPublishes;
  /** QoS 2: received in the broker's name, so that their PUBREL is no affair of the broker's. */
  readonly #ownReleases = new Set<number>();
  readonly #layout = createPublishLayout();

  constructor(state: ProxyState, way: Way) {
    this.#state = state;
    this.#way = way;
    this.#held = new HeldPublishes(state.clock);
  }

  /**
   * Takes a PUBLISH as the broker would get it; what passes on now goes to `out`.
   * @throws IotloadError `target-refused` where it is none
   */
  publish(frame: Buffer, versions: Versions, out: Buffer[]): void {
    const layout = this.#layout;
    (versions.broker === 5 ? readPublish5 : readPublish)(frame, 0, bodyOf(frame), frame.length, layout);
    const payload = frame.subarray(layout.payloadStart);
    if (payload.subarray(0, PROBE.length).equals(PROBE)) {
      out.push(frame);
      return;
    }
    const state = this.#state;
    const ordinal = state.nextOrdinal++;
    const held = this.#held.size === 0 ? undefined : this.#held.take(topicOf(frame, layout));
    if (held !== undefined) {
      // The one that overtakes is passed on as it is, so that each fault stands alone.
      state.record({ ...held.record, partner: ordinal });
      this.#pass(frame, ordinal, 'pass', out);
      out.push(held.frame);
      this.#count(held.record.topic, held.record.ordinal);
      return;
    }
    const chosen = state.mayRecord() ? state.chooser.kindOf(ordinal) : null;
    if (chosen !== null && isPossible(chosen, layout.qos, versions.client)) {
      this.#do({ kind: chosen, ordinal, topic: topicOf(frame, layout), payload }, frame, out);
    } else {
      this.#pass(frame, ordinal, this.#holdOf(ordinal, payload), out);
      this.#follow(ordinal, frame, out);
    }
  }

  /** Takes a PUBREL; whether it was answered here. */
  released(packetId: number): boolean {
    if (!this.#ownReleases.delete(packetId)) return false;
    this.#way.answer(plainAnswer(Answer.pubcomp, packetId));
    return true;
  }

  /** What becomes of a frame from the broker. */
  fateOf(frame: Buffer): AckFate {
    const type = (frame[0] as number) >>> 4;
    if ((type !== PacketType.puback && type !== PacketType.pubrec) || frame.length < ANSWER_BYTES) return 'pass';
    return this.#acks.take(frame.readUInt16BE(2));
  }

  /** Frames that nothing overtook, in the order they came. */
  takeHeld(): Buffer[] {
    const frames = this.#held.takeAll();
    this.#state.passed += frames.length;
    return frames;
  }

  /** The connection is over: what is held goes down with it. */
  forget(): void {
    this.#held.takeAll();
  }

  #do(record: FaultRecord, frame: Buffer, out: Buffer[]): void {
    const { state, packetId, qos } = { state: this.#state, ...this.#layout };
    const received = qos === 2 ? Answer.pubrec : Answer.puback;
    switch (record.kind) {
      case 'reset':
        state.record(record);
        this.#way.reset(out);
        return;
      case 'drop':
        state.record(record);
        this.#acknowledge(packetId, qos);
        return;
      case 'late':
        this.#acknowledge(packetId, qos);
        this.#defer(frame, state.record(record), record);
        return;
      case 'swallow':
        state.record(record);
        return;
      case 'refuse':
        state.record(record);
        this.#way.answer(reasonedAnswer(received, packetId, QUOTA_EXCEEDED));
        return;
      case 'refuseYetPass':
        state.record(record);
        this.#way.answer(reasonedAnswer(received, packetId, QUOTA_EXCEEDED));
        this.#pass(frame, record.ordinal, 'swallow', out);
        return;
      case 'double':
        state.record(record);
        if (qos > 0) this.#acks.expectTwo(packetId);
        out.push(frame, frame);
        this.#count(record.topic, record.ordinal);
        state.passed++;
        return;
      case 'reorder':
        this.#expect('pass');
        this.#held.add(frame, record, state.plan.reorder?.holdMs ?? 2000, (late) => {
          this.#count(record.topic, record.ordinal);
          this.#way.release(late);
        });
        return;
      case 'alter':
        this.#pass(this.#altered(record, frame), record.ordinal, 'pass', out);
        return;
      case 'dropAcks':
        state.record(record);
        this.#pass(frame, record.ordinal, 'swallow', out);
        return;
      case 'delay':
        state.record(record);
        this.#expect('pass');
        this.#count(record.topic, record.ordinal);
        this.#way.delay(frame);
    }
  }

  /** Brokers pass on messages of one quality of service in order, so it stays as it is; at QoS 2 only its client could release it. */
  #defer(frame: Buffer, entry: FaultRecord<unknown>, { topic, payload }: FaultRecord): void {
    const { late, plan } = this.#state;
    const { qos, packetId } = this.#layout;
    late.add(qos === 2 ? plainPublish(topic, payload) : frame, entry, plan.late?.ms ?? 0, (due) => {
      const { isOpen } = this.#way;
      if (!isOpen) return false;
      if (qos === 1) this.#acks.expect(packetId, 'swallow');
      this.#way.release(due);
      return true;
    });
  }

  #altered(record: FaultRecord, frame: Buffer): Buffer {
    if (record.payload.length === 0) return frame;
    const altered = Buffer.from(frame);
    const offset = this.#state.chooser.alterOffset(record.ordinal, record.payload.length);
    altered[this.#layout.payloadStart + offset] = (record.payload[offset] as number) ^ 1;
    this.#state.record({ ...record, offset });
    return altered;
  }

  #pass(frame: Buffer, ordinal: number, fate: AckFate, out: Buffer[]): void {
    this.#expect(fate);
    out.push(frame);
    this.#count(this.#state.late.size === 0 ? '' : topicOf(frame, this.#layout), ordinal);
  }

  /** A PUBLISH goes on. */
  #count(topic: string, ordinal: number): void {
    this.#state.passed++;
    this.#state.late.overtake(topic, ordinal);
  }

  #follow(ordinal: number, frame: Buffer, out: Buffer[]): void {
    const payloads = this.#state.plan.foreign?.payloads ?? [];
    if (payloads.length === 0 || !this.#state.chooser.isFollowed(ordinal)) return;
    const payload = payloads[this.#state.foreign++ % payloads.length] as Uint8Array;
    out.push(plainPublish(topicOf(frame, this.#layout), payload));
    this.#state.passed++;
  }

  #holdOf(ordinal: number, payload: Buffer): AckFate {
    const ms = this.#layout.qos === 0 ? null : this.#state.chooser.ackHoldMs(ordinal);
    if (ms === null) return 'pass';
    const cameUs = this.#state.clock.nowUs();
    return { cameUs, untilUs: cameUs + ms * 1000, payload };
  }

  #expect(fate: AckFate): void {
    if (this.#layout.qos > 0) this.#acks.expect(this.#layout.packetId, fate);
  }

  /** Answers in the broker's name. */
  #acknowledge(packetId: number, qos: number): void {
    if (qos === 2) this.#ownReleases.add(packetId);
    if (qos > 0) this.#way.answer(plainAnswer(qos === 2 ? Answer.pubrec : Answer.puback, packetId));
  }
}

/** Whether a PUBLISH can suffer it. */
function isPossible(kind: FaultKind, qos: number, version: 4 | 5): boolean {
  switch (kind) {
    case 'dropAcks':
      return qos > 0;
    case 'double':
      return qos < 2;
    case 'refuse':
      return qos > 0 && version === 5;
    case 'refuseYetPass':
      // At QoS 2 a message that was refused is never released.
      return qos === 1 && version === 5;
    default:
      return true;
  }
}

function plainAnswer(answer: Answer, packetId: number): Buffer {
  const frame = Buffer.alloc(ANSWER_BYTES);
  writeAnswer(frame, 0, answer, packetId);
  return frame;
}

function topicOf(frame: Buffer, layout: PublishLayout): string {
  return frame.toString('utf8', layout.topicStart, layout.topicEnd);
}
