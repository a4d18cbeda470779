import type { Place } from '../codecs/place.ts';
import { differences, indexOfBytes } from './same-bytes.ts';

/** Characters of the text before a field that may be damaged. */
const MAX_TEXT_DAMAGE = 2;

/** Where a field begins, -1 if the payload is too short for it. */
export function fieldAt(place: Place, bytes: Uint8Array, start: number, end: number): number {
  if (place.from === 'start') return start + place.offset < end ? start + place.offset : -1;
  if (place.from === 'end') return end - place.offset >= start ? end - place.offset : -1;
  return behindText(place.text, place.offset, bytes, start, end);
}

/** What follows the text once it has been passed over so often; -1 where it does not stand there that often. */
function behindText(text: Uint8Array, passed: number, bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  for (let i = 0; i <= passed; i++) {
    const at = indexOfBytes(bytes, from, end, text);
    if (at < 0) return -1;
    from = at + text.length;
  }
  return from;
}

/**
 * Where a field is good that stands behind so many of a text: one of these may have been damaged, the last one too, or there may be one too
 * many; -1 for nowhere.
 */
export function goodFieldNear(
  { text, offset }: Place,
  bytes: Uint8Array,
  start: number,
  end: number,
  isGood: (at: number) => boolean,
): number {
  const from = behindText(text, offset - 1, bytes, start, end);
  const last = behindText(text, offset + 1, bytes, start, end);
  if (from < 0) return -1;
  for (let at = from; at <= (last < 0 ? end : last); at++) if (isGood(at)) return at;
  return -1;
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
