import type { WireForm } from '../../../wire/kinesis/wire-form.ts';
import { isStreamName, Parameters, serialization } from '../parameters.ts';
import { isBase64 } from './base64.ts';
import { CborRequestReader } from './cbor-request-reader.ts';
import { MOST_RECORDS, type RecordPlaces } from './record-places.ts';

/** What PutRecords or PutRecord asks for. The same object is used again and again. */
export class PutRequest implements RecordPlaces {
  stream: [name: string | null, arn: string | null] = [null, null];
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  readonly keyFrom: number[] = [];
  readonly keyTo: number[] = [];
  readonly dataFrom: number[] = [];
  readonly dataTo: number[] = [];
  readonly hashFrom: number[] = [];
  readonly hashTo: number[] = [];
  /** Keys that JSON has in another form than they have themselves, by record; null where there is none. */
  keys: string[] | null = null;
  readonly #cbor = new CborRequestReader();

  /** @throws KinesisError where the body is no such request; what is wrong about its values comes later */
  read(body: Buffer, form: WireForm): void {
    this.#begin(body);
    const isUsual = form === 'cbor' ? this.#cbor.read(body, this) : body.indexOf(BACKSLASH) === -1 && this.#scan(body);
    if (!isUsual) this.#parse(Parameters.parse(body, form));
  }

  /** Reads what PutRecord asks for. */
  readOne(body: Buffer, form: WireForm): void {
    const parameters = Parameters.parse(body, form);
    this.#begin(body);
    this.#parseRecords(parameters, [
      {
        Data: parameters.requiredText('Data'),
        PartitionKey: parameters.requiredText('PartitionKey'),
        ExplicitHashKey: parameters.text('ExplicitHashKey'),
      },
    ]);
  }

  /** Bytes of a record's data. */
  dataBytes(i: number): number {
    const to = this.dataTo[i] as number;
    const length = to - (this.dataFrom[i] as number);
    if (length === 0) return 0;
    const padding = this.bytes[to - 1] !== EQUALS ? 0 : this.bytes[to - 2] !== EQUALS ? 1 : 2;
    return (length / 4) * 3 - padding;
  }

  /** Where its key and data are. */
  placesOf(i: number): { keyFrom: number; keyTo: number; dataFrom: number; dataTo: number } {
    return {
      keyFrom: this.keyFrom[i] as number,
      keyTo: this.keyTo[i] as number,
      dataFrom: this.dataFrom[i] as number,
      dataTo: this.dataTo[i] as number,
    };
  }

  keyBytes(i: number): number {
    const key = this.keys?.[i];
    return key === undefined ? (this.keyTo[i] as number) - (this.keyFrom[i] as number) : Buffer.byteLength(key);
  }

  #begin(body: Buffer): void {
    this.stream = [null, null];
    this.bytes = body;
    this.count = 0;
    this.keys = null;
  }

  /** The usual form without any surprise; false where there is one, which `#parse` then deals with. */
  #scan(body: Buffer): boolean {
    let at = skip(body, 0);
    if (body[at] !== OPEN_OBJECT) return false;
    at = skip(body, at + 1);
    for (;;) {
      if (body[at] !== QUOTE) return false;
      const end = body.indexOf(QUOTE, at + 1);
      const name = body.toString('latin1', at + 1, end);
      at = skip(body, end + 1);
      if (body[at] !== COLON) return false;
      at = skip(body, at + 1);
      if (name === 'Records') {
        at = this.#scanRecords(body, at);
        if (at === -1) return false;
      } else {
        if ((name !== 'StreamName' && name !== 'StreamARN') || body[at] !== QUOTE) return false;
        const to = body.indexOf(QUOTE, at + 1);
        if (to === -1) return false;
        const text = body.toString('utf8', at + 1, to);
        if (name === 'StreamName' && !isStreamName(text)) return false;
        this.stream[name === 'StreamName' ? 0 : 1] = text;
        at = to + 1;
      }
      at = skip(body, at);
      if (body[at] === CLOSE_OBJECT) return skip(body, at + 1) === body.length && this.count > 0;
      if (body[at] !== COMMA) return false;
      at = skip(body, at + 1);
    }
  }

  /** Where the array ends; −1 for a surprise. */
  #scanRecords(body: Buffer, at: number): number {
    if (body[at] !== OPEN_ARRAY || this.count > 0) return -1;
    at = skip(body, at + 1);
    for (;;) {
      at = this.#scanRecord(body, at);
      if (at === -1) return -1;
      at = skip(body, at);
      if (body[at] === CLOSE_ARRAY) return at + 1;
      if (body[at] !== COMMA) return -1;
      at = skip(body, at + 1);
    }
  }

  #scanRecord(body: Buffer, at: number): number {
    if (body[at] !== OPEN_OBJECT) return -1;
    const i = this.count;
    let seen = 0;
    this.hashFrom[i] = -1;
    at = skip(body, at + 1);
    for (;;) {
      if (body[at] !== QUOTE) return -1;
      const nameFrom = at + 1;
      const nameTo = body.indexOf(QUOTE, nameFrom);
      at = skip(body, nameTo + 1);
      if (nameTo === -1 || body[at] !== COLON) return -1;
      at = skip(body, at + 1);
      if (body[at] !== QUOTE) return -1;
      const from = at + 1;
      const to = body.indexOf(QUOTE, from);
      if (to === -1) return -1;
      at = skip(body, to + 1);
      // The three names differ in length; whatever else there may be is not this request's.
      switch (nameTo - nameFrom) {
        case DATA.length:
          if (!DATA.equals(body.subarray(nameFrom, nameTo)) || !isBase64(body, from, to)) return -1;
          this.dataFrom[i] = from;
          this.dataTo[i] = to;
          seen |= 1;
          break;
        case PARTITION_KEY.length:
          if (body[nameFrom] === PARTITION_KEY[0]) {
            if (!PARTITION_KEY.equals(body.subarray(nameFrom, nameTo)) || !isPlain(body, from, to)) return -1;
            this.keyFrom[i] = from;
            this.keyTo[i] = to;
            seen |= 2;
            break;
          }
          return -1;
        case EXPLICIT_HASH_KEY.length:
          if (!EXPLICIT_HASH_KEY.equals(body.subarray(nameFrom, nameTo))) return -1;
          this.hashFrom[i] = from;
          this.hashTo[i] = to;
          break;
        default:
          return -1;
      }
      if (body[at] === CLOSE_OBJECT) break;
      if (body[at] !== COMMA) return -1;
      at = skip(body, at + 1);
    }
    if (seen !== 3) return -1;
    if (this.count <= MOST_RECORDS) this.count++;
    return at + 1;
  }

  #parse(parameters: Parameters): void {
    const records = parameters.list('Records').map((record) => ({
      Data: record.requiredText('Data'),
      PartitionKey: record.requiredText('PartitionKey'),
      ExplicitHashKey: record.text('ExplicitHashKey'),
    }));
    this.#parseRecords(parameters, records);
  }

  #parseRecords(
    parameters: Parameters,
    records: readonly { Data: string; PartitionKey: string; ExplicitHashKey: string | null }[],
  ): void {
    this.stream = parameters.stream();
    const parts: Buffer[] = [];
    let at = 0;
    const add = (text: string): number => {
      const part = Buffer.from(text);
      parts.push(part);
      at += part.length;
      return at;
    };
    this.count = Math.min(records.length, MOST_RECORDS + 1);
    this.keys = records.map(({ PartitionKey }) => PartitionKey);
    for (const [i, { Data, PartitionKey, ExplicitHashKey }] of records.slice(0, this.count).entries()) {
      const data = Buffer.from(Data);
      if (!isBase64(data, 0, data.length)) throw serialization('Data is no base64.');
      this.dataFrom[i] = at;
      this.dataTo[i] = add(Data);
      this.keyFrom[i] = at;
      this.keyTo[i] = add(JSON.stringify(PartitionKey).slice(1, -1));
      this.hashFrom[i] = ExplicitHashKey === null ? -1 : at;
      this.hashTo[i] = add(ExplicitHashKey ?? '');
    }
    this.bytes = Buffer.concat(parts);
  }
}

const [QUOTE, BACKSLASH, COLON, COMMA, EQUALS] = [0x22, 0x5c, 0x3a, 0x2c, 0x3d] as const;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d] as const;
const SPACE = 0x20;
const DATA = Buffer.from('Data');
const PARTITION_KEY = Buffer.from('PartitionKey');
const EXPLICIT_HASH_KEY = Buffer.from('ExplicitHashKey');

function skip(body: Buffer, at: number): number {
  while ((body[at] as number) <= SPACE) at++;
  return at;
}

/** ASCII that JSON writes as it is. */
function isPlain(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte < SPACE || byte > 0x7e) return false;
  }
  return true;
}
