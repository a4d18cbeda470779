import { createHash } from 'node:crypto';
import { addUserRecord, type UserRecords } from './user-records.ts';

/** What an aggregated record begins with. */
const MAGIC = 0xf3899ac2;
const MAGIC_BYTES = 4;
/** It ends with the MD5 of what is between. */
const DIGEST_BYTES = 16;

/** Tags of protobuf: the field's number, and how it is written (0: varint, 1: 8 bytes, 2: with its length, 5: 4 bytes). */
const PARTITION_KEYS = (1 << 3) | 2;
const RECORDS = (3 << 3) | 2;
const KEY_INDEX = (1 << 3) | 0;
const DATA = (3 << 3) | 2;

/**
 * Takes aggregated records apart.
 *
 *   aggregated := magic message md5
 *   message    := { 1: partition key (repeated)  2: explicit hash key (repeated)  3: record (repeated) }
 *   record     := { 1: index of its partition key  2: of its explicit hash key  3: data  4: tag (repeated) }
 *
 * Keys may come after the records that name them.
 */
export class AggregatedRecordReader {
  #keyStarts = new Uint32Array(256);
  #keyEnds = new Uint32Array(256);
  #keys = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /**
   * Adds the records within `records.bytes[start … end)`. False, and nothing added, where that is no aggregated record: then it is one record
   * as it is, also where only the digest is wrong, as other readers have it.
   */
  read(records: UserRecords, start: number, end: number): boolean {
    const { bytes } = records;
    const from = start + MAGIC_BYTES;
    const to = end - DIGEST_BYTES;
    if (to < from || bytes.readUInt32BE(start) !== MAGIC) return false;
    if (!createHash('md5').update(bytes.subarray(from, to)).digest().equals(bytes.subarray(to, end))) return false;
    const before = records.count;
    this.#bytes = bytes;
    this.#keys = 0;
    if (this.#message(records, from, to) && this.#name(records, before)) return true;
    records.count = before;
    return false;
  }

  #message(records: UserRecords, from: number, to: number): boolean {
    this.#at = from;
    this.#end = to;
    while (this.#at < to) {
      const tag = this.#varint();
      if (tag === PARTITION_KEYS) {
        const length = this.#length();
        if (length < 0) return false;
        this.#key(this.#at, this.#at + length);
        this.#at += length;
      } else if (tag === RECORDS) {
        const length = this.#length();
        if (length < 0) return false;
        const end = this.#at + length;
        this.#end = end;
        if (!this.#record(records, end)) return false;
        this.#end = to;
        this.#at = end;
      } else if (!this.#skip(tag)) return false;
    }
    return this.#at === to;
  }

  /** The index of its key takes the place of the key, which may not be known yet. */
  #record(records: UserRecords, end: number): boolean {
    let [key, dataStart, dataEnd] = [-1, -1, -1];
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === KEY_INDEX) key = this.#varint();
      else if (tag === DATA) {
        const length = this.#length();
        if (length < 0) return false;
        dataStart = this.#at;
        this.#at = dataEnd = dataStart + length;
      } else if (!this.#skip(tag)) return false;
    }
    if (this.#at !== end || key < 0 || key > 0xffffffff || dataStart < 0) return false;
    addUserRecord(records, key, 0, dataStart, dataEnd);
    return true;
  }

  #name(records: UserRecords, from: number): boolean {
    for (let i = from; i < records.count; i++) {
      const key = records.keyStarts[i] as number;
      if (key >= this.#keys) return false;
      records.keyStarts[i] = this.#keyStarts[key] as number;
      records.keyEnds[i] = this.#keyEnds[key] as number;
    }
    return true;
  }

  #key(start: number, end: number): void {
    if (this.#keys === this.#keyStarts.length) {
      this.#keyStarts = twice(this.#keyStarts);
      this.#keyEnds = twice(this.#keyEnds);
    }
    this.#keyStarts[this.#keys] = start;
    this.#keyEnds[this.#keys++] = end;
  }

  #skip(tag: number): boolean {
    const wire = tag & 7;
    if (tag < 8) return false;
    if (wire === 0) return this.#varint() >= 0;
    const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? this.#length() : -1;
    if (length < 0 || this.#at + length > this.#end) return false;
    this.#at += length;
    return true;
  }

  /** A length that fits; −1 where it does not. */
  #length(): number {
    const length = this.#varint();
    return length <= this.#end - this.#at ? length : -1;
  }

  /** Seven bits a byte, the lowest first; −1 where it does not end in time. Exact up to 2⁵³, and never taken for less beyond. */
  #varint(): number {
    let value = 0;
    for (let scale = 1, read = 0; read < 10 && this.#at < this.#end; read++, scale *= 128) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return -1;
  }
}

function twice(places: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * places.length);
  larger.set(places);
  return larger;
}
