import type { Place } from '../codecs/place.ts';
import type { EventMaker } from './event-maker.ts';
import { fieldAt, goodFieldNear, nearFieldAt } from './field-at.ts';
import type { Regenerated } from './regenerated.ts';
import { differences } from './same-bytes.ts';

/*
 * How an event is found again that was altered: what stands in its fields, or nearly stands there, leaves some slots, and of these the one is
 * meant whose event, made again, differs least.
 */

/** Bytes of an id that may be damaged. */
export const MAX_ID_DAMAGE = 2;

/** Of the slots considered, the one whose payload differs least from `bytes[start … end)`. */
export class NearestSlot {
  /** -1 as long as none resembles it. */
  slot = -1;
  /** Bytes in which it differs. */
  damage = Number.POSITIVE_INFINITY;
  readonly #regenerated: Regenerated;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(regenerated: Regenerated, bytes: Uint8Array, start: number, end: number) {
    this.#regenerated = regenerated;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Takes a slot into account; a negative one is none. */
  consider(slot: number): void {
    if (slot < 0) return;
    const damage = this.#regenerated.damage(slot, this.#bytes, this.#start, this.#end);
    if (damage >= this.damage) return;
    this.damage = damage;
    this.slot = slot;
  }
}

/** Where a field stands; where what stands there is not good, behind what nearly is the text before it; -1 for nowhere. */
export function fieldOrNearAt(
  place: Place,
  bytes: Uint8Array,
  start: number,
  end: number,
  isGood: (at: number) => boolean,
): number {
  const at = fieldAt(place, bytes, start, end);
  if (at >= 0 && isGood(at)) return at;
  if (place.from === 'text' && place.offset > 0) {
    const goodAt = goodFieldNear(place, bytes, start, end, isGood);
    return goodAt >= 0 ? goodAt : at;
  }
  const nearAt = nearFieldAt(place, bytes, start, end);
  return nearAt >= 0 ? nearAt : at;
}

/** Whether what stands at `at` can be the damaged id of a slot's device; one that is cut off or not to be found can be any. */
export function resemblesDevice(maker: EventMaker, slot: number, bytes: Uint8Array, at: number, end: number): boolean {
  const id = new TextEncoder().encode(maker.ids.text(maker.deviceOf(slot)));
  if (at < 0 || at + id.length > end) return true;
  return differences(id, 0, bytes, at, id.length, MAX_ID_DAMAGE) <= MAX_ID_DAMAGE;
}

/** Calls `visit` for each text that differs from the next `most` bytes in one byte, of an alphabet; it is valid during the call. */
export function eachOneByteOff(
  bytes: Uint8Array,
  at: number,
  end: number,
  most: number,
  alphabet: Uint8Array,
  visit: (text: Uint8Array) => void,
): void {
  const text = bytes.slice(at, Math.min(at + most, end));
  for (let i = 0; i < text.length; i++) {
    const original = text[i] as number;
    for (const other of alphabet) {
      text[i] = other;
      visit(text);
    }
    text[i] = original;
  }
}
