import { CborCursor, OPEN } from '../cbor/cursor.ts';
import { decodeCbor } from '../cbor/decode.ts';
import { encodeCbor } from '../cbor/encode.ts';
import { Major } from '../cbor/head.ts';

/**
 * What became of one entry of a PutRecords request.
 *
 * - `stored`: it has a sequence number.
 * - `throttled`: its shard had no room for it; it was not stored.
 * - `failed`: the service failed within; it may have been stored.
 * - `refused`: for another reason, which will not pass.
 */
export type EntryOutcome = 'stored' | 'throttled' | 'failed' | 'refused';

const outcomes: Readonly<Record<string, EntryOutcome>> = {
  ProvisionedThroughputExceededException: 'throttled',
  InternalFailure: 'failed',
};

const FAILED = 'FailedRecordCount';
const CBOR_FAILED = encodeCbor(FAILED);
const FAILED_COUNT = Buffer.from(`"${FAILED}"`);
/** Nothing but this and the kind of encryption stands before or behind the records. */
const MARGIN = 160;
const COLON = 0x3a;
const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;
/** A refused entry does not name its shard but in its message. */
const SHARD_ID = /\bshardId-\d{12}\b/;

/** Entries as they were answered. */
type Records = readonly unknown[] | 'all stored';

/** Reads the answers to PutRecords, JSON or CBOR. Where nothing failed, which it looks at first, no entry is read at all. */
export class PutRecordsAnswer {
  readonly #cursor = new CborCursor();
  #failed = 0;
  #outcomes: EntryOutcome[] = [];
  #shards: string[] = [];

  /** Entries that were not stored. */
  get failed(): number {
    return this.#failed;
  }

  outcome(i: number): EntryOutcome {
    return this.#outcomes[i] ?? 'stored';
  }

  /** Id of the shard of an entry, as far as something failed and it is named; empty otherwise. */
  shard(i: number): string {
    return this.#shards[i] ?? '';
  }

  /** Whether these bytes answer a request with so many entries; where they do not, nobody knows what became of any. */
  read(bytes: Uint8Array, entries: number): boolean {
    this.#failed = 0;
    this.#outcomes = [];
    this.#shards = [];
    const records = isCborMap(bytes) ? this.#readCbor(bytes) : readJson(bytes);
    if (records === 'all stored') return true;
    if (records === null || records.length !== entries) return false;
    this.#outcomes = records.map(outcomeOf);
    this.#shards = records.map(shardOf);
    for (const outcome of this.#outcomes) if (outcome !== 'stored') this.#failed++;
    return true;
  }

  #readCbor(bytes: Uint8Array): Records | null {
    this.#cursor.begin(bytes);
    if (cborHasNoneFailed(this.#cursor, bytes)) return 'all stored';
    try {
      return recordsOf(decodeCbor(bytes));
    } catch {
      return null;
    }
  }
}

/** JSON begins with a blank or a brace. */
function isCborMap(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >>> 5 === Major.map;
}

/** Whether the answer says so, and is whole. */
function cborHasNoneFailed(cursor: CborCursor, bytes: Uint8Array): boolean {
  let none = false;
  cursor.head();
  const members = cursor.value;
  for (let i = 0; members === OPEN ? !cursor.passBreak() : i < members; i++) {
    const name = cursor.at;
    if (!cursor.skip()) return false;
    const isCount = CBOR_FAILED.equals(bytes.subarray(name, cursor.at));
    const value = cursor.at;
    if (!cursor.skip()) return false;
    if (isCount) none = bytes[value] === 0;
  }
  return none && cursor.isAtEnd;
}

function readJson(bytes: Uint8Array): Records | null {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (hasNoneFailed(json)) return 'all stored';
  try {
    return recordsOf(JSON.parse(json.toString()));
  } catch {
    return null;
  }
}

/**
 * Whether the answer says so in its margins. The name with both its quotes stands in no text, where quotes have a backslash; and the answer
 * is whole.
 */
function hasNoneFailed(json: Buffer): boolean {
  const found = json.subarray(0, MARGIN).indexOf(FAILED_COUNT);
  const last = Math.max(0, json.length - MARGIN);
  const at = found < 0 ? json.indexOf(FAILED_COUNT, last) : found;
  if (at < 0 || json[json.length - 1] !== CLOSE_BRACE) return false;
  const colon = skipBlanks(json, at + FAILED_COUNT.length);
  if (json[colon] !== COLON) return false;
  const value = skipBlanks(json, colon + 1);
  if (json[value] !== ZERO) return false;
  const next = json[skipBlanks(json, value + 1)];
  return next === COMMA || next === CLOSE_BRACE;
}

function skipBlanks(json: Buffer, at: number): number {
  for (; at < json.length; at++) {
    const byte = json[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

function recordsOf(answer: unknown): readonly unknown[] | null {
  const records = membersOf(answer)['Records'];
  return Array.isArray(records) ? records : null;
}

function outcomeOf(entry: unknown): EntryOutcome {
  const { ErrorCode, SequenceNumber } = membersOf(entry);
  if (typeof ErrorCode === 'string' && ErrorCode !== '') {
    return Object.hasOwn(outcomes, ErrorCode) ? (outcomes[ErrorCode] as EntryOutcome) : 'refused';
  }
  // Neither a number nor a reason: nobody knows.
  return typeof SequenceNumber === 'string' && SequenceNumber !== '' ? 'stored' : 'failed';
}

function shardOf(entry: unknown): string {
  const { ShardId, ErrorMessage } = membersOf(entry);
  const text = typeof ShardId === 'string' ? ShardId : typeof ErrorMessage === 'string' ? ErrorMessage : '';
  return SHARD_ID.exec(text)?.[0] ?? '';
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
