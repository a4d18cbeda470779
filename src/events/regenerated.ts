import { writerSlack } from '../codecs/writer.ts';
import type { EventMaker } from './event-maker.ts';
import { differences, sameWords } from './same-bytes.ts';
import { ViewCache } from './view-cache.ts';

/** An altered event is still told apart from its neighbours as long as no more than this many bytes of it differ. */
const MAX_DAMAGE = 8;

/** Makes events again and compares payloads with them. */
export class Regenerated {
  readonly #maker: EventMaker;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #received = new ViewCache();

  constructor(maker: EventMaker) {
    this.#maker = maker;
    this.#bytes = new Uint8Array(maker.payload.maxBytes + writerSlack);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Whether the payload of `slot` is `bytes[start … end)`. */
  equals(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = this.#make(slot);
    return length === end - start && sameWords(this.#view, 0, this.#received.of(bytes), start, length);
  }

  /**
   * How many bytes of the payload of `slot` differ from `bytes[start … end)`; Infinity for more than a few. Cut off behind its first
   * half, an event counts as damaged in one byte.
   */
  damage(slot: number, bytes: Uint8Array, start: number, end: number): number {
    const length = this.#make(slot);
    const received = end - start;
    const count = differences(this.#bytes, 0, bytes, start, Math.min(length, received), MAX_DAMAGE);
    if (received === length && count <= MAX_DAMAGE) return count;
    return count === 0 && 2 * received > length ? 1 : Number.POSITIVE_INFINITY;
  }

  #make(slot: number): number {
    const maker = this.#maker;
    maker.load(slot, maker.profile.timeOf(slot));
    return maker.writePayload(maker.context, this.#view, 0);
  }
}
