import { encodeCbor } from '../cbor/encode.ts';
import { BREAK, Major, OPEN_LIST, OPEN_MAP, putHead } from '../cbor/head.ts';
import { type EntryWriter, put, type StreamAddress } from './entry-writer.ts';

const DATA = Buffer.concat([Uint8Array.of(OPEN_MAP), encodeCbor('Data')]);
const KEY = encodeCbor('PartitionKey');
const HASH_KEY = encodeCbor('ExplicitHashKey');
/** Of a length below 2^32. */
const LONGEST_HEAD = 5;
const NAMES = DATA.length + KEY.length + HASH_KEY.length + 1;

/**
 * As AWS's SDK for Java writes them, with maps and lists of unknown length:
 *
 *   bf "StreamName" "…" "Records" 9f entry entry… ff ff
 *   entry := bf "Data" bytes "PartitionKey" "…" ff, before the last byte "ExplicitHashKey" "decimal" where there is one
 */
export class CborEntries implements EntryWriter {
  readonly divider = null;
  readonly end = Buffer.from([BREAK, BREAK]);
  #source: Uint8Array = new Uint8Array(0);
  #sourceBuffer: Buffer = Buffer.from(this.#source.buffer);

  beginning(stream: StreamAddress): Buffer {
    const address = 'name' in stream ? ['StreamName', stream.name] : ['StreamARN', stream.arn];
    const texts = [...address, 'Records'].map(encodeCbor);
    return Buffer.concat([Uint8Array.of(OPEN_MAP), ...texts, Uint8Array.of(OPEN_LIST)]);
  }

  most(data: number, key: number, hashKey: number): number {
    return data + key + hashKey + 3 * LONGEST_HEAD + NAMES;
  }

  write(
    out: Buffer,
    at: number,
    data: Uint8Array,
    from: number,
    to: number,
    key: Uint8Array,
    keyFrom: number,
    keyTo: number,
    hashKey: Uint8Array | null,
  ): number {
    at = putHead(out, put(out, at, DATA), Major.bytes, to - from);
    if (data !== this.#source) this.#read(data);
    at += this.#sourceBuffer.copy(out, at, from, to);
    at = putHead(out, put(out, at, KEY), Major.text, keyTo - keyFrom);
    for (; keyFrom < keyTo; keyFrom++) out[at++] = key[keyFrom] as number;
    if (hashKey !== null) at = put(out, putHead(out, put(out, at, HASH_KEY), Major.text, hashKey.length), hashKey);
    out[at] = BREAK;
    return at + 1;
  }

  /** What is copied from is the same for many entries. */
  #read(source: Uint8Array): void {
    this.#source = source;
    this.#sourceBuffer = Buffer.from(source.buffer, source.byteOffset, source.length);
  }
}
