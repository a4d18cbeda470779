import { IotloadError } from '../core/errors.ts';
import { SlotSet } from '../core/slot-set.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * Writes a set as its intervals, ascending, each by its length and the gap before it:
 *
 *   intervals := (length:varint gap:varint)* 0:varint      length ≥ 1
 */
export function writeIntervals(writer: ByteWriter, set: SlotSet): void {
  let end = 0;
  set.forEachInterval((from, to) => {
    writer.varint(to - from);
    writer.varint(from - end);
    end = to;
  });
  writer.varint(0);
}

/** The set in pieces of at most so many intervals, ascending: a record holds only so much. */
export function inPieces(set: SlotSet, most = 250_000): SlotSet[] {
  const pieces: SlotSet[] = [];
  let room = 0;
  set.forEachInterval((from, to) => {
    if (room === 0) {
      pieces.push(new SlotSet());
      room = most;
    }
    room--;
    pieces.at(-1)?.addInterval(from, to);
  });
  return pieces;
}

/** Reads what `writeIntervals` wrote. Throws IotloadError `file-corrupt` for a member that is not below `limit`. */
export function readIntervals(reader: ByteReader, limit: number, visit: (from: number, to: number) => void): void {
  let end = 0;
  for (let length = reader.varint(); length > 0; length = reader.varint()) {
    const from = end + reader.varint();
    end = from + length;
    if (end > limit) throw new IotloadError('file-corrupt', 'a record names a slot that the run does not have');
    visit(from, end);
  }
}
