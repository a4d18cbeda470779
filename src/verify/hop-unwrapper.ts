import type { HopPlan } from '../plan/plan.ts';
import type { DeliveredBatch } from '../targets/target.ts';
import { decodeBase64, JsonPlaces, unescapeString } from './json-places.ts';

/**
 * Takes events out of what a bridge has made of them. What holds no payload where the contract says is left empty, so that it is nobody's.
 * Identities beside the payload are kept only where they are said to survive. The batch is reused.
 */
export class HopUnwrapper {
  /** Messages that did not fit the contract. */
  misfits = 0;
  readonly #hop: HopPlan;
  readonly #places: JsonPlaces | null;
  #bytes = new Uint8Array(64 * 1024);
  #starts = new Uint32Array(256);
  #ends = new Uint32Array(256);
  #identityStarts = new Uint32Array(256);
  #identityEnds = new Uint32Array(256);

  constructor(hop: HopPlan) {
    this.#hop = hop;
    this.#places = hop.payloadAt === undefined ? null : new JsonPlaces(hop.payloadAt);
  }

  /** The batch as it was before the bridge, without addresses; valid until the next call. */
  unwrap(batch: DeliveredBatch): DeliveredBatch {
    const { count } = batch;
    const kept = this.#hop.survives === 'headers';
    if (this.#places === null) {
      if (kept) return batch;
      this.#reserve(count, 0);
      return { ...batch, identityStarts: this.#identityStarts, identityEnds: this.#identityEnds };
    }
    // Unwrapping makes nothing longer; identities are copied behind.
    let room = 0;
    for (let i = 0; i < count; i++) {
      room += (batch.payloadEnds[i] as number) - (batch.payloadStarts[i] as number);
      if (kept) room += (batch.identityEnds[i] as number) - (batch.identityStarts[i] as number);
    }
    this.#reserve(count, room);
    let at = 0;
    for (let i = 0; i < count; i++) {
      this.#starts[i] = at;
      const [start, end] = [batch.payloadStarts[i] as number, batch.payloadEnds[i] as number];
      const written = this.#take(this.#places, batch.bytes, start, end, at);
      if (written < 0) this.misfits++;
      else at = written;
      this.#ends[i] = at;
      this.#identityStarts[i] = at;
      if (kept) {
        const identity = batch.bytes.subarray(batch.identityStarts[i], batch.identityEnds[i]);
        this.#bytes.set(identity, at);
        at += identity.length;
      }
      this.#identityEnds[i] = at;
    }
    return {
      ...batch,
      bytes: this.#bytes,
      addressStarts: this.#starts,
      addressEnds: this.#starts,
      payloadStarts: this.#starts,
      payloadEnds: this.#ends,
      identityStarts: this.#identityStarts,
      identityEnds: this.#identityEnds,
    };
  }

  /** Writes the payload of a message to `at`; returns where it ends, -1 where there is none. */
  #take(places: JsonPlaces, bytes: Uint8Array, start: number, end: number, at: number): number {
    if (!places.find(bytes, start, end)) return -1;
    const { from, to, isString } = places;
    if (this.#hop.as === 'object') {
      this.#bytes.set(bytes.subarray(from, to), at);
      return at + to - from;
    }
    if (!isString) return -1;
    // Between the quotes.
    return this.#hop.as === 'string'
      ? unescapeString(bytes, from + 1, to - 1, this.#bytes, at)
      : decodeBase64(bytes, from + 1, to - 1, this.#bytes, at);
  }

  #reserve(count: number, bytes: number): void {
    if (this.#starts.length < count) {
      [this.#starts, this.#ends, this.#identityStarts, this.#identityEnds] = [0, 1, 2, 3].map(
        () => new Uint32Array(2 * count),
      ) as [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>];
    }
    if (this.#bytes.length < bytes) this.#bytes = new Uint8Array(2 * bytes);
  }
}
