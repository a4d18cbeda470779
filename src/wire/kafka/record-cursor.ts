import { IDENTITY_HEADER } from './identity-header.ts';

/**
 * Records as places in `bytes`, without an object for any of them, reused. Record i: key `bytes[keyStarts[i] … keyEnds[i])`, the value likewise,
 * and that of its header `iotload-id`; empty for null, and where there is none.
 */
export interface RecordPlaces {
  count: number;
  bytes: Uint8Array;
  keyStarts: Uint32Array;
  keyEnds: Uint32Array;
  identityStarts: Uint32Array;
  identityEnds: Uint32Array;
  valueStarts: Uint32Array;
  valueEnds: Uint32Array;
  offsets: Float64Array;
}

export function createRecordPlaces(capacity: number): RecordPlaces {
  return {
    count: 0,
    bytes: new Uint8Array(0),
    keyStarts: new Uint32Array(capacity),
    keyEnds: new Uint32Array(capacity),
    identityStarts: new Uint32Array(capacity),
    identityEnds: new Uint32Array(capacity),
    valueStarts: new Uint32Array(capacity),
    valueEnds: new Uint32Array(capacity),
    offsets: new Float64Array(capacity),
  };
}

const NAME = new TextEncoder().encode(IDENTITY_HEADER);

/**
 * Goes through the records of one batch.
 *
 *   record := length:varint attributes:i8 timestampDelta:varlong offsetDelta:varint key:bytes value:bytes headers:varint header*
 *   header := name:bytes value:bytes
 *   bytes  := length:varint (−1: null) byte*
 *
 * Varints are zigzag (`varint.ts`). Every position is checked against the end of its record before it is used.
 */
export class RecordCursor {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #left = 0;
  #baseOffset = 0;
  #lastDelta = 0;
  /** Least offset delta that the next record may have. */
  #nextDelta = 0;
  /** Offsets without a record, as pairs of the first and the one behind the last. */
  readonly #holes: number[] = [];
  /** Of the varint that was read last. */
  #value = 0;

  /** Begins with `count` records at `bytes[at … end)`, whose offsets lie between these two. */
  open(bytes: Uint8Array, at: number, end: number, count: number, baseOffset: number, lastOffset: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#left = count;
    this.#baseOffset = baseOffset;
    this.#lastDelta = lastOffset - baseOffset;
    this.#nextDelta = 0;
    this.#holes.length = 0;
  }

  /** Records that have not been read yet. */
  get left(): number {
    return this.#left;
  }

  /** The offset behind the last record that was read. */
  get position(): number {
    return this.#baseOffset + this.#nextDelta;
  }

  /** What is missing, if this is all: each hole's first offset and the one behind its last, of those from `from` on. Valid until the next `open`. */
  holes(from: number): readonly number[] {
    const behind = this.#baseOffset + this.#lastDelta + 1;
    if (this.#left === 0 && this.position < behind) this.#hole(Math.max(from, this.position), behind);
    return this.#holes;
  }

  /** Forgets the batch. */
  close(): void {
    this.#left = 0;
    this.#bytes = new Uint8Array(0);
  }

  /**
   * Appends records with an offset of at least `from` until `into` is full or none is left; `into.bytes` has to be those of the batch.
   * False when what follows is no record, or when the records end elsewhere than their bytes.
   */
  read(into: RecordPlaces, from: number): boolean {
    const bytes = this.#bytes;
    const { keyStarts, keyEnds, identityStarts, identityEnds, valueStarts, valueEnds, offsets } = into;
    const capacity = offsets.length;
    const [baseOffset, lastDelta] = [this.#baseOffset, this.#lastDelta];
    let { count } = into;
    let good = true;
    while (this.#left > 0 && count < capacity) {
      let at = this.#varint(this.#at, this.#end);
      const end = at + this.#value;
      // Below: 7 bytes are the least that a record has behind its length.
      if (at < 0 || this.#value < 6 || end > this.#end) {
        good = false;
        break;
      }
      at = skipVarlong(bytes, at + 1, end);
      at = this.#varint(at, end);
      const delta = this.#value;
      at = this.#varint(at, end);
      const keyStart = at;
      if (at >= 0 && this.#value > 0) at = this.#value > end - at ? -1 : at + this.#value;
      const keyEnd = at;
      at = this.#varint(at, end);
      const valueStart = at;
      if (at >= 0 && this.#value > 0) at = this.#value > end - at ? -1 : at + this.#value;
      const valueEnd = at;
      at = this.#varint(at, end);
      let headers = this.#value;
      let identityStart = 0;
      let identityEnd = 0;
      for (; headers > 0 && at >= 0; headers--) {
        at = this.#varint(at, end);
        const name = at;
        if (at < 0 || this.#value < 0 || this.#value > end - at) at = -1;
        else at += this.#value;
        const isIdentity = at - name === NAME.length && isName(bytes, name);
        at = this.#varint(at, end);
        if (at < 0) break;
        if (isIdentity && identityStart === 0) {
          identityStart = at;
          identityEnd = at + Math.max(0, this.#value);
        }
        if (this.#value > 0) at = this.#value > end - at ? -1 : at + this.#value;
      }
      if (at !== end || headers !== 0 || delta < this.#nextDelta || delta > lastDelta) {
        good = false;
        break;
      }
      if (delta > this.#nextDelta) this.#hole(Math.max(from, this.position), baseOffset + delta);
      this.#at = end;
      this.#left--;
      this.#nextDelta = delta + 1;
      if (baseOffset + delta < from) continue;
      keyStarts[count] = keyStart;
      keyEnds[count] = keyEnd;
      identityStarts[count] = identityStart;
      identityEnds[count] = identityEnd;
      valueStarts[count] = valueStart;
      valueEnds[count] = valueEnd;
      offsets[count] = baseOffset + delta;
      count++;
    }
    into.count = count;
    return good && (this.#left > 0 || this.#at === this.#end);
  }

  #hole(from: number, to: number): void {
    if (from < to) this.#holes.push(from, to);
  }

  /** Reads the varint at `at` into `#value` and returns the position behind it; −1 where there is none, and for `at` −1. */
  #varint(at: number, end: number): number {
    if (at < 0 || at >= end) return -1;
    const bytes = this.#bytes;
    const first = bytes[at++] as number;
    if (first < 0x80) {
      this.#value = (first >>> 1) ^ -(first & 1);
      return at;
    }
    let zigzag = first & 0x7f;
    for (let shift = 7; shift < 35 && at < end; shift += 7) {
      const byte = bytes[at++] as number;
      zigzag |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#value = (zigzag >>> 1) ^ -(zigzag & 1);
        return at;
      }
    }
    return -1;
  }
}

/** The position behind the varlong at `at`; −1 where it does not end. */
function skipVarlong(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + 10);
  while (at < last) if ((bytes[at++] as number) < 0x80) return at;
  return -1;
}

function isName(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < NAME.length; i++) if (bytes[at + i] !== NAME[i]) return false;
  return true;
}
