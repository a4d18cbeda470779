import { PUBACK_BYTES, writePuback } from '../../wire/mqtt-frames.ts';
import { createPublishLayout, readPublish } from '../../wire/mqtt-publish.ts';
import type { DeliveredBatch } from '../target.ts';

/** Events per batch; a longer run of frames becomes several batches. */
const CAPACITY = 2048;

/**
 * Turns PUBLISH frames into delivered batches that point into the bytes as they were read, and collects the PUBACKs they need. A frame
 * from another buffer than the one before (one that crossed the border of two reads) starts a new batch.
 */
export class Arrivals {
  readonly #deliver: (batch: DeliveredBatch) => void;
  readonly #layout = createPublishLayout();
  readonly #batch: DeliveredBatch = {
    count: 0,
    bytes: new Uint8Array(0),
    addressStarts: new Uint32Array(CAPACITY),
    addressEnds: new Uint32Array(CAPACITY),
    identityStarts: new Uint32Array(CAPACITY),
    identityEnds: new Uint32Array(CAPACITY),
    payloadStarts: new Uint32Array(CAPACITY),
    payloadEnds: new Uint32Array(CAPACITY),
    atUs: 0,
  };
  #acks = Buffer.allocUnsafeSlow(4096);
  #ackBytes = 0;

  constructor(deliver: (batch: DeliveredBatch) => void) {
    this.#deliver = deliver;
  }

  /** The frames that follow were in our hands at `atUs`. */
  begin(atUs: number): void {
    this.#batch.atUs = atUs;
    this.#ackBytes = 0;
  }

  /**
   * Takes the PUBLISH frame `bytes[start … end)`. One about the broker itself (`$…`) goes to `onSystem`. A retained message was stored
   * before we subscribed and is no arrival. A redelivery (DUP) is one like any other: telling it from the first is the ledger's business.
   * @throws IotloadError `target-refused` when it is malformed
   */
  add(bytes: Uint8Array, start: number, body: number, end: number, onSystem: (payload: string) => void): void {
    const layout = this.#layout;
    readPublish(bytes, start, body, end, layout);
    if (layout.qos === 1) this.#acknowledge(layout.packetId);
    if (bytes[layout.topicStart] === DOLLAR) {
      onSystem(Buffer.from(bytes.subarray(layout.payloadStart, end)).toString('latin1'));
      return;
    }
    if (layout.retain) return;
    const batch = this.#batch;
    if (batch.count === CAPACITY || (batch.count > 0 && batch.bytes !== bytes)) this.#report();
    const i = batch.count++;
    batch.bytes = bytes;
    batch.addressStarts[i] = layout.topicStart;
    batch.addressEnds[i] = layout.topicEnd;
    batch.payloadStarts[i] = layout.payloadStart;
    batch.payloadEnds[i] = end;
  }

  /** Delivers the rest; returns the PUBACK frames to write, valid until `begin`. */
  finish(): Buffer {
    if (this.#batch.count > 0) this.#report();
    return this.#acks.subarray(0, this.#ackBytes);
  }

  /** The acknowledgements' buffer still belongs to a socket. */
  releaseAcks(): void {
    this.#acks = Buffer.allocUnsafeSlow(this.#acks.length);
  }

  #acknowledge(packetId: number): void {
    if (this.#ackBytes + PUBACK_BYTES > this.#acks.length) {
      const grown = Buffer.allocUnsafeSlow(2 * this.#acks.length);
      grown.set(this.#acks.subarray(0, this.#ackBytes));
      this.#acks = grown;
    }
    this.#ackBytes = writePuback(this.#acks, this.#ackBytes, packetId);
  }

  #report(): void {
    this.#deliver(this.#batch);
    this.#batch.count = 0;
  }
}

/** `$` begins the broker's own topics. */
const DOLLAR = 36;
