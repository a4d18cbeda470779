import { IotloadError } from '../../core/errors.ts';
import { AggregatedRecordReader } from './aggregated-record-reader.ts';
import { addUserRecord, createUserRecords, type UserRecords } from './user-records.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const EQUALS = 0x3d;

const RECORDS = Buffer.from('Records');
const NEXT_ITERATOR = Buffer.from('NextShardIterator');
const BEHIND = Buffer.from('MillisBehindLatest');
const DATA = Buffer.from('Data');
const KEY = Buffer.from('PartitionKey');
const SEQUENCE = Buffer.from('SequenceNumber');

/**
 * Reads the answer to GetRecords: JSON that is scanned, no object made for a record, and aggregated records taken apart. What was read stands
 * here until the next answer; the bytes are used again then.
 */
export class GetRecordsAnswer {
  readonly records: UserRecords = createUserRecords(1024);
  readonly #aggregated = new AggregatedRecordReader();
  #json: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the string that was read last, without its quotes. */
  #from = 0;
  #to = 0;
  #escaped = false;
  #written = 0;
  #count = 0;
  #dataBytes = 0;
  #sequenceFrom = 0;
  #sequenceTo = 0;
  #lastSequence = '';
  #nextIterator: string | null = null;
  #behindMs = 0;
  #hasRecords = false;
  #hasSequence = false;
  #keyStart = 0;
  #keyEnd = 0;
  #dataStart = 0;
  #dataEnd = 0;
  /** The first one at or behind the string that was looked at last; −1: not looked for yet. */
  #backslash = -1;

  /** Records as the service counts them: an aggregated one is one. */
  get count(): number {
    return this.#count;
  }

  /** Of their data and keys. */
  get bytes(): number {
    return this.#dataBytes;
  }

  /** Sequence number of the last record; empty where there is none. */
  get lastSequence(): string {
    return this.#lastSequence;
  }

  /** null where the shard has ended. */
  get nextIterator(): string | null {
    return this.#nextIterator;
  }

  /** MillisBehindLatest; 0 where it is not said. */
  get behindMs(): number {
    return this.#behindMs;
  }

  /** @throws IotloadError `file-corrupt` where that is no such answer; then nothing of it counts */
  read(body: Uint8Array): void {
    this.#json = Buffer.from(body.buffer, body.byteOffset, body.length);
    this.#at = 0;
    this.#written = this.#count = this.#dataBytes = this.#behindMs = 0;
    this.#lastSequence = '';
    this.#nextIterator = null;
    const { records } = this;
    records.count = 0;
    // Neither keys nor data are longer than their JSON.
    if (records.bytes.length < body.length) records.bytes = Buffer.allocUnsafeSlow(body.length);
    this.#hasRecords = false;
    this.#backslash = -1;
    this.#object(this.#answerMember);
    if (!this.#hasRecords) throw this.#wrong();
    if (this.#count > 0) this.#lastSequence = this.#json.toString('latin1', this.#sequenceFrom, this.#sequenceTo);
    this.#json = Buffer.alloc(0);
  }

  readonly #answerMember = (): void => {
    if (this.#isNamed(RECORDS)) {
      this.#hasRecords = true;
      this.#array(this.#record);
    } else if (this.#isNamed(NEXT_ITERATOR)) this.#nextIterator = this.#textOrNull();
    else if (this.#isNamed(BEHIND)) this.#behindMs = this.#number();
    else this.#skip();
  };

  readonly #record = (): void => {
    this.#keyStart = this.#dataStart = -1;
    this.#hasSequence = false;
    this.#object(this.#recordMember);
    if (this.#keyStart < 0 || this.#dataStart < 0 || !this.#hasSequence) throw this.#wrong();
    this.#count++;
    const [keyStart, keyEnd, dataStart, dataEnd] = [this.#keyStart, this.#keyEnd, this.#dataStart, this.#dataEnd];
    this.#dataBytes += keyEnd - keyStart + dataEnd - dataStart;
    if (!this.#aggregated.read(this.records, dataStart, dataEnd)) {
      addUserRecord(this.records, keyStart, keyEnd, dataStart, dataEnd);
    }
  };

  readonly #recordMember = (): void => {
    if (this.#isNamed(DATA)) {
      this.#dataStart = this.#written;
      this.#dataEnd = this.#data();
    } else if (this.#isNamed(KEY)) {
      this.#keyStart = this.#written;
      this.#keyEnd = this.#key();
    } else if (this.#isNamed(SEQUENCE)) {
      this.#string();
      this.#hasSequence = true;
      this.#sequenceFrom = this.#from;
      this.#sequenceTo = this.#to;
    } else this.#skip();
  };

  /** Decodes base64; where it ends. */
  #data(): number {
    this.#string();
    const text = this.#escaped ? this.#text() : this.#json.toString('latin1', this.#from, this.#to);
    const { length } = text;
    const padding = text.charCodeAt(length - 1) !== EQUALS ? 0 : text.charCodeAt(length - 2) === EQUALS ? 2 : 1;
    const expected = Math.floor((length * 3) / 4) - padding;
    const written = this.records.bytes.write(text, this.#written, 'base64');
    if (length % 4 !== 0 || written !== expected) throw this.#wrong();
    this.#written += written;
    return this.#written;
  }

  #key(): number {
    this.#string();
    const { bytes } = this.records;
    this.#written += this.#escaped
      ? bytes.write(this.#text(), this.#written)
      : this.#json.copy(bytes, this.#written, this.#from, this.#to);
    return this.#written;
  }

  /** Goes through members; the name of each is the string that was read last. */
  #object(member: () => void): void {
    this.#take(OPEN_BRACE);
    if (this.#peek() === CLOSE_BRACE) {
      this.#at++;
      return;
    }
    do {
      this.#string();
      this.#take(COLON);
      member();
    } while (this.#goesOn(CLOSE_BRACE));
  }

  #array(element: () => void): void {
    this.#take(OPEN_BRACKET);
    if (this.#peek() === CLOSE_BRACKET) {
      this.#at++;
      return;
    }
    do element();
    while (this.#goesOn(CLOSE_BRACKET));
  }

  #goesOn(close: number): boolean {
    const byte = this.#peek();
    this.#at++;
    if (byte !== COMMA && byte !== close) throw this.#wrong();
    return byte === COMMA;
  }

  #isNamed(name: Buffer): boolean {
    return this.#to - this.#from === name.length && name.compare(this.#json, this.#from, this.#to) === 0;
  }

  /** Any value. */
  #skip(): void {
    const byte = this.#peek();
    if (byte === QUOTE) this.#string();
    else if (byte === OPEN_BRACE) this.#object(this.#skipped);
    else if (byte === OPEN_BRACKET) this.#array(this.#skipped);
    else this.#word();
  }

  readonly #skipped = (): void => this.#skip();

  #textOrNull(): string | null {
    if (this.#peek() !== QUOTE) {
      if (this.#word() !== 'null') throw this.#wrong();
      return null;
    }
    this.#string();
    return this.#escaped ? this.#text() : this.#json.toString('utf8', this.#from, this.#to);
  }

  #number(): number {
    const word = this.#word();
    if (word === 'null') return 0;
    const value = Number(word);
    if (!Number.isFinite(value)) throw this.#wrong();
    return value;
  }

  /** What is no string, list or map. */
  #word(): string {
    this.#peek();
    const from = this.#at;
    while (this.#at < this.#json.length && !isEnd(this.#json[this.#at] as number)) this.#at++;
    if (this.#at === from) throw this.#wrong();
    return this.#json.toString('latin1', from, this.#at);
  }

  #string(): void {
    this.#take(QUOTE);
    const json = this.#json;
    const from = this.#at;
    let end = json.indexOf(QUOTE, from);
    if (this.#backslash < from) {
      const next = json.indexOf(BACKSLASH, from);
      this.#backslash = next < 0 ? json.length : next;
    }
    this.#escaped = this.#backslash < end;
    if (this.#escaped) while (end >= 0 && isEscaped(json, from, end)) end = json.indexOf(QUOTE, end + 1);
    if (end < 0) throw this.#wrong();
    this.#from = from;
    this.#to = end;
    this.#at = end + 1;
  }

  /** The string that was read last, where it has escapes. */
  #text(): string {
    try {
      return JSON.parse(this.#json.toString('utf8', this.#from - 1, this.#to + 1)) as string;
    } catch {
      throw this.#wrong();
    }
  }

  #take(byte: number): void {
    if (this.#peek() !== byte) throw this.#wrong();
    this.#at++;
  }

  /** The next byte that is no blank. */
  #peek(): number {
    while (isBlank(this.#json[this.#at] ?? 0)) this.#at++;
    return this.#json[this.#at] ?? 0;
  }

  #wrong(): IotloadError {
    this.records.count = 0;
    return new IotloadError('file-corrupt', `what GetRecords answered cannot be read at byte ${this.#at}`);
  }
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(json: Buffer, from: number, at: number): boolean {
  let first = at;
  while (first > from && json[first - 1] === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isEnd(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isBlank(byte);
}
