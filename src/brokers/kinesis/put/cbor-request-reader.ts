import { CborCursor, OPEN } from '../../../wire/cbor/cursor.ts';
import { Major } from '../../../wire/cbor/head.ts';
import { Base64Writer, base64Length } from '../../../wire/kinesis/base64.ts';
import { isStreamName } from '../parameters.ts';
import { MOST_RECORDS, type RecordPlaces } from './record-places.ts';

const RECORDS = Buffer.from('Records');
const STREAM_NAME = Buffer.from('StreamName');
const STREAM_ARN = Buffer.from('StreamARN');
const DATA = Buffer.from('Data');
const PARTITION_KEY = Buffer.from('PartitionKey');
const EXPLICIT_HASH_KEY = Buffer.from('ExplicitHashKey');
const [QUOTE, BACKSLASH, SPACE, TILDE] = [0x22, 0x5c, 0x20, 0x7e] as const;
/** What every record has: data and a key. */
const NEEDED = 3;

/** Reads PutRecords in CBOR, as the log keeps records: data as base64. Its bytes are the next request's again. */
export class CborRequestReader {
  readonly #cursor = new CborCursor();
  readonly #base64 = new Base64Writer();
  #body: Buffer = Buffer.alloc(0);
  #out: Buffer = Buffer.alloc(0);
  #end = 0;
  /** Of the string read last. */
  #from = 0;

  /** The usual form without any surprise; false where there is one. Whoever fills the request otherwise begins anew. */
  read(body: Buffer, request: RecordPlaces): boolean {
    // Each record's names in the body are more than the padding of its base64.
    if (this.#out.length < base64Length(body.length)) this.#out = Buffer.allocUnsafeSlow(base64Length(body.length));
    this.#body = body;
    this.#end = 0;
    const cursor = this.#cursor;
    cursor.begin(body);
    request.bytes = this.#out;
    if (!cursor.head() || cursor.major !== Major.map) return false;
    const members = cursor.value;
    for (let i = 0; members === OPEN ? !cursor.passBreak() : i < members; i++)
      if (!this.#string(Major.text) || !this.#member(request)) return false;
    return cursor.isAtEnd && request.count > 0;
  }

  /** What has the name that was just read; false for a surprise. */
  #member(request: RecordPlaces): boolean {
    if (this.#reads(RECORDS)) return request.count === 0 && this.#records(request);
    const isName = this.#reads(STREAM_NAME);
    if ((!isName && !this.#reads(STREAM_ARN)) || !this.#string(Major.text)) return false;
    const value = this.#body.toString('utf8', this.#from, this.#cursor.at);
    request.stream[isName ? 0 : 1] = value;
    return !isName || isStreamName(value);
  }

  #records(request: RecordPlaces): boolean {
    const cursor = this.#cursor;
    if (!cursor.head() || cursor.major !== Major.list) return false;
    const records = cursor.value;
    for (let i = 0; records === OPEN ? !cursor.passBreak() : i < records; i++) {
      if (!this.#record(request, request.count)) return false;
      if (request.count <= MOST_RECORDS) request.count++;
    }
    return true;
  }

  #record(request: RecordPlaces, i: number): boolean {
    const cursor = this.#cursor;
    if (!cursor.head() || cursor.major !== Major.map) return false;
    const members = cursor.value;
    let seen = 0;
    request.hashFrom[i] = -1;
    for (let k = 0; members === OPEN ? !cursor.passBreak() : k < members; k++) {
      const member = this.#string(Major.text) ? this.#recordMember(request, i) : 0;
      if (member === 0) return false;
      seen |= member;
    }
    return (seen & NEEDED) === NEEDED;
  }

  /** Takes what has the name that was just read. Its bit; 0 for a surprise. */
  #recordMember(request: RecordPlaces, i: number): number {
    const start = this.#end;
    if (this.#reads(DATA)) {
      if (!this.#string(Major.bytes)) return 0;
      this.#end = this.#base64.write(this.#body, this.#from, this.#cursor.at, this.#out, start);
      request.dataFrom[i] = start;
      request.dataTo[i] = this.#end;
      return 1;
    }
    const isKey = this.#reads(PARTITION_KEY);
    if ((!isKey && !this.#reads(EXPLICIT_HASH_KEY)) || !this.#string(Major.text) || !this.#copyPlain()) return 0;
    (isKey ? request.keyFrom : request.hashFrom)[i] = start;
    (isKey ? request.keyTo : request.hashTo)[i] = this.#end;
    return isKey ? 2 : 4;
  }

  /** Passes the next item, bytes or a text in one piece; false where it is none. */
  #string(major: number): boolean {
    const cursor = this.#cursor;
    if (!cursor.head() || cursor.major !== major || cursor.value === OPEN) return false;
    this.#from = cursor.at;
    return cursor.pass(cursor.value);
  }

  /** Whether the string read last is this one. */
  #reads(name: Buffer): boolean {
    const from = this.#from;
    if (this.#cursor.at - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#body[from + i] !== name[i]) return false;
    return true;
  }

  /** Takes the text read last, if it is ASCII that JSON writes as it is. */
  #copyPlain(): boolean {
    for (let from = this.#from; from < this.#cursor.at; from++) {
      const byte = this.#body[from] as number;
      if (byte < SPACE || byte > TILDE || byte === QUOTE || byte === BACKSLASH) return false;
      this.#out[this.#end++] = byte;
    }
    return true;
  }
}
