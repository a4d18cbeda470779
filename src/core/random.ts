import { xxh32OfText } from './xxh32.ts';

/** Key of one random stream. Two words, because with one key every stream would be a time-shifted copy of every other. */
export interface StreamKey {
  k0: number;
  k1: number;
}

const GOLDEN = 0x9e3779b9 | 0;
const SPREAD = 0x85ebca77 | 0;
const TWO_32 = 4294967296;

/**
 * Draw number `n` of a channel of a stream, 32 random bits as a signed integer: a pure function, so that any event can be made at
 * any time, in any order, on any thread. The mixer is the "triple32" integer hash with the second key injected between its rounds.
 * `n` counts modulo 2^32; see `foldHigh` for longer streams.
 */
export function draw(k0: number, k1: number, n: number, channel: number): number {
  let x = (n + k0 + Math.imul(channel, GOLDEN)) | 0;
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb);
  x ^= k1;
  x = (Math.imul(x ^ (x >>> 11), 0xac4c1b51) + k0) | 0;
  x = Math.imul(x ^ (x >>> 15), 0x31848bab);
  return x ^ (x >>> 14);
}

/** Second key for draws beyond 2^32: the high word of `n` selects another stream of the same seat. */
export function foldHigh(k1: number, n: number): number {
  return n < TWO_32 ? k1 : k1 ^ Math.imul(Math.floor(n / TWO_32) | 0, 0xc2b2ae3d);
}

/** 32 random bits as a number in [0, 1). */
export function unit(word: number): number {
  return (word >>> 0) * (1 / TWO_32);
}

/** 32 random bits as a number in [-1, 1). */
export function signedUnit(word: number): number {
  return word * (2 / TWO_32);
}

/** Root of the streams of a domain (a model in a fleet, a fleet's device ids …): other domain words, unrelated streams. */
export function streamRoot(seed: number, ...domain: readonly string[]): StreamKey {
  let k0 = draw(seed | 0, Math.floor(seed / TWO_32) | 0, 0, 0);
  let k1 = draw(seed | 0, Math.floor(seed / TWO_32) | 0, 1, 0);
  for (const word of domain) {
    k0 = draw(xxh32OfText(word, k0), k1, 0, 1);
    k1 = draw(xxh32OfText(word, k1), k0, 1, 1);
  }
  return { k0, k1 };
}

/**
 * Writes the key of one seat's stream. The first word is a bijection of the seat, so no two of 2^32 seats share it; the second walks
 * at another stride, so that seats whose first words lie close together still mix differently.
 */
export function seatStream(root: StreamKey, seat: number, into: StreamKey): void {
  into.k0 = root.k0 ^ Math.imul(seat, GOLDEN);
  into.k1 = (root.k1 + Math.imul(seat, SPREAD)) | 0;
}
