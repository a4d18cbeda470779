import { draw } from '../core/random.ts';

/** Characters that need no escape anywhere; six bits each, so that compression leaves most of them. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Fillers begin anywhere in the first half. */
const HALF = 0x10000;
const TWO_32 = 4294967296;

let table: DataView | null = null;

/** Made when the first filler is written; it takes a few milliseconds. */
function makeTable(): DataView {
  const view = new DataView(new ArrayBuffer(2 * HALF));
  for (let at = 0; at < 2 * HALF; at += 4) {
    const word = draw(0x66696c6c, 0x65720000, at, 0);
    for (let i = 0; i < 4; i++) view.setUint8(at + i, ALPHABET.charCodeAt((word >>> (8 * i)) & 63));
  }
  return view;
}

/**
 * Writes `length` (0 to 65 536) characters that look random and are the same for the same slot; returns the end. May touch three bytes
 * beyond it.
 */
export function writeFiller(view: DataView, at: number, length: number, slot: number): number {
  table ??= makeTable();
  const high = Math.floor(slot / TWO_32);
  // Fibonacci hashing: neighbouring slots begin far apart.
  const from = Math.imul(((slot - high * TWO_32) | 0) ^ high, 0x9e3779b1) >>> 16;
  for (let i = 0; i < length; i += 4) view.setInt32(at + i, table.getInt32(from + i, true), true);
  return at + length;
}

/** Writes a CBOR text of `length` (at least 0 and at most 65 535) such characters with a head of three bytes; returns the end. */
export function writeCborFiller(view: DataView, at: number, length: number, slot: number): number {
  view.setUint8(at, 0x79);
  view.setUint16(at + 1, Math.max(length, 0));
  return length <= 0 ? at + 3 : writeFiller(view, at + 3, length, slot);
}

/** Writes `length` spaces; returns the end. */
export function writeSpaces(view: DataView, at: number, length: number): number {
  for (let i = 0; i < length; i++) view.setUint8(at + i, 32);
  return at + Math.max(length, 0);
}
