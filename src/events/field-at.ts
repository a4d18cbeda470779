import type { Place } from '../codecs/place.ts';
import { differences, indexOfBytes } from './same-bytes.ts';

/** Characters of the text before a field that may be damaged. */
const MAX_TEXT_DAMAGE = 2;

/** Where a field begins, -1 if the payload is too short for it. */
export function fieldAt(place: Place, bytes: Uint8Array, start: number, end: number): number {
  if (place.from === 'start') return start + place.offset < end ? start + place.offset : -1;
  if (place.from === 'end') return end - place.offset >= start ? end - place.offset : -1;
  const at = indexOfBytes(bytes, start, end, place.text);
  return at < 0 ? -1 : at + place.text.length;
}

/** Where a field begins in a payload that was damaged or cut off: behind what is nearly the text before it. */
export function nearFieldAt(place: Place, bytes: Uint8Array, start: number, end: number): number {
  const { text } = place;
  const limit = Math.min(MAX_TEXT_DAMAGE, text.length >> 2);
  for (let at = start; at + text.length <= end; at++) {
    if (differences(bytes, at, text, 0, text.length, limit) <= limit) return at + text.length;
  }
  return -1;
}
