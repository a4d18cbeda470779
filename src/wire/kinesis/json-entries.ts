import { Base64Writer, base64Length } from './base64.ts';
import { type EntryWriter, put, type StreamAddress } from './entry-writer.ts';

const DATA = Buffer.from('{"Data":"');
const KEY = Buffer.from('","PartitionKey":"');
const HASH_KEY = Buffer.from('","ExplicitHashKey":"');
const ENTRY_END = Buffer.from('"}');
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const hex = Buffer.from('0123456789abcdef');
const UNICODE = Buffer.from('\\u00');
/** `\u0000` is the longest escape of a byte. */
const LONGEST_ESCAPE = 6;
const NAMES = DATA.length + KEY.length + HASH_KEY.length + ENTRY_END.length;

/**
 *   {"StreamName":"…","Records":[entry,entry…]}
 *   entry := {"Data":"base64","PartitionKey":"…"}, before the brace ,"ExplicitHashKey":"decimal" where there is one
 */
export class JsonEntries implements EntryWriter {
  readonly divider = COMMA;
  readonly end = Buffer.from(']}');
  readonly #base64 = new Base64Writer();

  beginning(stream: StreamAddress): Buffer {
    const address = 'name' in stream ? { StreamName: stream.name } : { StreamARN: stream.arn };
    return Buffer.from(`${JSON.stringify(address).slice(0, -1)},"Records":[`);
  }

  most(data: number, key: number, hashKey: number): number {
    return base64Length(data) + key * LONGEST_ESCAPE + hashKey + NAMES;
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
    at = this.#base64.write(data, from, to, out, put(out, at, DATA));
    at = put(out, at, KEY);
    for (; keyFrom < keyTo; keyFrom++) {
      const byte = key[keyFrom] as number;
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) at = putEscaped(out, at, byte);
      else out[at++] = byte;
    }
    if (hashKey !== null) at = put(out, put(out, at, HASH_KEY), hashKey);
    return put(out, at, ENTRY_END);
  }
}

function putEscaped(out: Buffer, at: number, byte: number): number {
  if (byte >= 0x20) {
    out[at] = BACKSLASH;
    out[at + 1] = byte;
    return at + 2;
  }
  at = put(out, at, UNICODE);
  out[at] = hex[byte >>> 4] as number;
  out[at + 1] = hex[byte & 0xf] as number;
  return at + 2;
}
