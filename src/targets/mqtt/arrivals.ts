import { Answer } from '../../wire/mqtt-frames.ts';
import { createPublishLayout, readPublish, readPublish5 } from '../../wire/mqtt-publish.ts';
import { createDeliveredBatch } from '../delivered-batch.ts';
import type { DeliveredBatch } from '../target.ts';
import { AnswerFrames } from './answer-frames.ts';

/** Events per batch; a longer run of frames becomes several batches. */
const CAPACITY = 2048;

/** Hears what a broker tells of itself; `retained`: it had told that before. */
export type SystemListener = (topic: string, payload: string, retained: boolean, atUs: number) => void;

/**
 * Turns PUBLISH frames into delivered batches that point into the bytes as they were read, and collects the answers they need. A frame
 * from another buffer than the one before (one that crossed the border of two reads) starts a new batch, and so does one that the
 * broker says it has sent before.
 */
export class Arrivals {
  readonly #deliver: (batch: DeliveredBatch) => void;
  readonly #read: typeof readPublish;
  readonly #layout = createPublishLayout();
  readonly #answers = new AnswerFrames();
  /** At QoS 2, the identifiers that were delivered and not released by the broker: it may send them again, and then they are no news. */
  readonly #unreleased = new Uint8Array(65_536);
  readonly #batch = createDeliveredBatch(CAPACITY);
  /** What was stored before we subscribed may be an event of ours that went by while we were away. */
  takesStored = false;

  constructor(version: 4 | 5, deliver: (batch: DeliveredBatch) => void) {
    this.#read = version === 5 ? readPublish5 : readPublish;
    this.#deliver = deliver;
  }

  /** The frames that follow were in our hands at `atUs`. */
  begin(atUs: number): void {
    this.#batch.atUs = atUs;
  }

  /** The broker has begun a new session: the identifiers of the old one mean nothing. */
  newSession(): void {
    this.#unreleased.fill(0);
  }

  /**
   * Takes the PUBLISH frame `bytes[start … end)`. One about the broker itself (`$…`) goes to `onSystem`. A retained message was stored
   * before we subscribed and is no arrival, unless `takesStored`. A redelivery (DUP) at QoS 1 is one like any other: telling it from
   * the first is the ledger's business.
   * @throws IotloadError `target-refused` when it is malformed
   */
  add(bytes: Uint8Array, start: number, body: number, end: number, onSystem: SystemListener): void {
    const layout = this.#layout;
    this.#read(bytes, start, body, end, layout);
    const { qos, packetId, retain } = layout;
    if (qos === 1) {
      this.#answers.add(Answer.puback, packetId);
    } else if (qos === 2) {
      this.#answers.add(Answer.pubrec, packetId);
      if (this.#unreleased[packetId] === 1) return;
      this.#unreleased[packetId] = 1;
    }
    if (bytes[layout.topicStart] === DOLLAR) {
      const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');
      onSystem(text(layout.topicStart, layout.topicEnd), text(layout.payloadStart, end), retain, this.#batch.atUs);
      return;
    }
    if (retain && !this.takesStored) return;
    const batch = this.#batch;
    const redelivered = retain || (layout.dup && qos === 1);
    const apart = batch.bytes !== bytes || batch.redelivered !== redelivered;
    if (batch.count === CAPACITY || (batch.count > 0 && apart)) this.#report();
    const i = batch.count++;
    batch.bytes = bytes;
    batch.redelivered = redelivered;
    batch.addressStarts[i] = layout.topicStart;
    batch.addressEnds[i] = layout.topicEnd;
    batch.identityStarts[i] = layout.identityStart;
    batch.identityEnds[i] = layout.identityEnd;
    batch.payloadStarts[i] = layout.payloadStart;
    batch.payloadEnds[i] = end;
  }

  /** Takes a PUBREL: the broker will not send that message again. */
  release(packetId: number): void {
    this.#unreleased[packetId] = 0;
    this.#answers.add(Answer.pubcomp, packetId);
  }

  /** Delivers the rest; returns the frames to answer with, valid until the next `add`. */
  finish(): Buffer {
    if (this.#batch.count > 0) this.#report();
    return this.#answers.take();
  }

  /** The answers' buffer still belongs to a socket. */
  keepAnswers(): void {
    this.#answers.renew();
  }

  #report(): void {
    this.#deliver(this.#batch);
    this.#batch.count = 0;
  }
}

/** `$` begins the broker's own topics. */
const DOLLAR = 36;
