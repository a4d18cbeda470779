import { decode } from 'cborg';
import type { ShardInfo, StreamSummary } from '../../src/targets/kinesis/calls.ts';
import { AggregatedRecordReader } from '../../src/wire/kinesis/aggregated-record-reader.ts';
import { HASH_KEY_SPACE, hashKeyOf } from '../../src/wire/kinesis/hash-key.ts';
import { addUserRecord, createUserRecords } from '../../src/wire/kinesis/user-records.ts';
import { altered, Broker, type Message } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The service's clock at instant 0 of the world, ms since 1970; nobody sets it. */
const EPOCH_MS = 1_700_000_000_000;
const MADE_MS = EPOCH_MS - 3_600_000;
const READS_PER_SECOND = 5;

/** A record, as stored; several messages where they were put in one. */
export interface StoredRecord {
  key: string;
  data: Buffer;
  messages: readonly Message[];
  sequence: string;
  storedUs: number;
}

export interface SimulatedShard extends ShardInfo {
  readonly number: number;
  open: boolean;
  readonly records: StoredRecord[];
  /** What it takes and gives right now, and since when. */
  readonly writes: Budget;
  readonly reads: Budget;
}

/** One record of a request. */
export interface PutEntry {
  key: string;
  data: Buffer;
  hash: bigint;
  messages: readonly Message[];
}

/** What became of a request; null: nothing is ever heard of it. */
export type PutReply =
  | { kind: 'answer'; body: Buffer }
  | { kind: 'throttled' | 'unsent' | 'refused' | 'failed' | 'unreadable' }
  | null;

/** So much a second, and as much at once. */
class Budget {
  readonly #perSecond: number;
  #left: number;
  #atUs = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  take(nowUs: number): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    this.#left = Math.min(this.#perSecond, this.#left + ((nowUs - this.#atUs) * this.#perSecond) / 1e6);
    this.#atUs = nowUs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

/** A stream: shards with limits, that are split and merged; requests that fail as a whole or in part, and whose answers get lost. */
export class KinesisService extends Broker {
  readonly shards: SimulatedShard[] = [];
  /** Events of which a client cannot know whether they were stored, with the number of attempts that left it so. */
  readonly doubts = new Map<string, number>();
  /** Events that were sent again although they may be stored, as the sink told. */
  readonly doubtfulRepeats = new Map<string, number>();
  /** Events that were refused for good and stored all the same. */
  readonly phantoms = new Set<string>();
  /** When each sink was to have an outcome for everything. */
  readonly deadlinesUs: number[] = [];
  /** Whatever should not have happened. */
  readonly violations: string[] = [];
  /** What the world knows of a payload that has left a process. */
  readonly #slots = new Map<string, { fleet: number; slot: number }>();
  readonly #aggregated = new AggregatedRecordReader();
  #sequence = 0;

  constructor(setting: Setting, clock: VirtualClock, dice: Dice, trace: Trace) {
    super(setting, clock, dice, trace);
    const bounds = Array.from({ length: setting.partitions + 1 }, (_, i) => cut(BigInt(i), BigInt(setting.partitions)));
    for (let i = 0; i < setting.partitions; i++) this.#add(bounds[i] as bigint, (bounds[i + 1] as bigint) - 1n, []);
  }

  /** ms since 1970 by the service's clock. */
  msOf(us: number): number {
    return EPOCH_MS + this.setting.kinesis.aheadMs + Math.floor(us / 1000);
  }

  get summary(): StreamSummary {
    const openShards = this.shards.filter(({ open }) => open).length;
    const rest = { arn: 'arn', mode: 'provisioned', retentionHours: 24, encrypted: false, createdMs: MADE_MS } as const;
    return { status: 'ACTIVE', openShards, ...rest };
  }

  /** Somebody is about to send this. */
  know(payload: string, fleet: number, slot: number): void {
    this.#slots.set(payload, { fleet, slot });
  }

  violated(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }

  /** A client cannot know whether these were stored. */
  doubt(messages: readonly Message[]): void {
    for (const { fleet, slot } of messages) add(this.doubts, keyOf(fleet, slot));
  }

  entriesOf(body: Buffer): PutEntry[] {
    const { Records } = (this.setting.kinesis.form === 'cbor' ? decode(body) : JSON.parse(body.toString())) as {
      Records: { Data: string | Uint8Array; PartitionKey: string; ExplicitHashKey?: string }[];
    };
    return Records.map(({ Data, PartitionKey, ExplicitHashKey }) => {
      const data = typeof Data === 'string' ? Buffer.from(Data, 'base64') : Buffer.from(Data);
      const hash = ExplicitHashKey === undefined ? hashKeyOf(Buffer.from(PartitionKey)) : BigInt(ExplicitHashKey);
      return { key: PartitionKey, data, hash, messages: this.#messagesOf(data) };
    });
  }

  /** Takes a request that has arrived. */
  put(entries: readonly PutEntry[]): PutReply {
    const messages = entries.flatMap((entry) => entry.messages);
    const trouble = this.#writeTrouble();
    if (trouble === 'failed before') return { kind: 'failed' };
    if (trouble === 'throttled' || trouble === 'unsent' || trouble === 'refused') return { kind: trouble };
    if (messages.some((message) => this.happens('lost request', message))) return null;
    const Records = entries.map((entry) => this.#putOne(entry));
    if (messages.some((message) => this.happens('lost answer', message))) return null;
    if (trouble === 'failed after') return { kind: 'failed' };
    if (trouble === 'unreadable') return { kind: 'unreadable' };
    const failed = Records.filter((record) => 'ErrorCode' in record).length;
    return { kind: 'answer', body: Buffer.from(JSON.stringify({ FailedRecordCount: failed, Records })) };
  }

  /** Puts an event of somebody else's where readers find it. */
  override store(partition: number, message: Message): void {
    const key = `partition-${partition}`;
    this.#append(hashKeyOf(Buffer.from(key)), { key, data: Buffer.from(message.payload), messages: [message] });
  }

  /** Records of a shard that can be read by now. */
  visible({ records }: SimulatedShard): number {
    const untilUs = this.clock.nowUs() - this.setting.kinesis.hiddenUs;
    let count = records.length;
    while (count > 0 && (records[count - 1] as StoredRecord).storedUs > untilUs) count--;
    return count;
  }

  shardOf(id: string): SimulatedShard {
    const shard = this.shards.find((each) => each.id === id);
    if (shard === undefined) throw new Error(`nobody has told of ${id}`);
    return shard;
  }

  /** A shard is split somewhere, or merged with its neighbour. */
  reshard(): void {
    const open = this.shards.filter((shard) => shard.open).sort((a, b) => (a.firstHash < b.firstHash ? -1 : 1));
    const at = this.dice.whole(0, open.length - 1);
    const [one, next] = [open[at], open[at + 1]] as [SimulatedShard, SimulatedShard | undefined];
    this.trace.fault('reshard', one.number);
    one.open = false;
    if (next !== undefined && this.dice.chance(0.4)) {
      next.open = false;
      this.#add(one.firstHash, next.lastHash, [one.id, next.id]);
      return;
    }
    const share = BigInt(this.dice.whole(1, 99));
    const middle = one.firstHash + ((one.lastHash - one.firstHash) * share) / 100n;
    this.#add(one.firstHash, middle, [one.id]);
    this.#add(middle + 1n, one.lastHash, [one.id]);
  }

  #putOne(entry: PutEntry): object {
    const [first] = entry.messages as [Message];
    const shard = this.#ownerOf(entry.hash);
    if (this.throttles(first) || !shard.writes.take(this.clock.nowUs())) {
      const ErrorMessage = `Rate exceeded for shard ${shard.id} in stream simulated under account 000000000000.`;
      return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage };
    }
    if (this.happens('refuse', first))
      return { ErrorCode: 'KMSDisabledException', ErrorMessage: 'The key is disabled.' };
    const failure = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' };
    const fails = this.#writeFails(first);
    if (fails && this.dice.chance(0.5)) return failure;
    const { key, data, messages } = entry;
    const store = (): StoredRecord => this.#append(entry.hash, { key, data, messages });
    const before = this.#sequence;
    this.keepBy(first, store, () => {
      // Whoever finds its digest wrong takes an aggregated record for one event, which is nobody's.
      if (messages.length > 1) return void store();
      const message = altered(first, this.dice);
      this.#append(entry.hash, { key, data: Buffer.from(message.payload), messages: [message] });
    });
    if (fails) return failure;
    if (this.happens('phantom', first)) {
      for (const { fleet, slot } of messages) this.phantoms.add(keyOf(fleet, slot));
      return { ErrorCode: 'KMSAccessDeniedException', ErrorMessage: 'The key is denied.' };
    }
    return { SequenceNumber: numberOf(before), ShardId: shard.id };
  }

  /** In which way a whole request fails; null: it does not. */
  #writeTrouble(): 'throttled' | 'unsent' | 'refused' | 'failed before' | 'failed after' | 'unreadable' | null {
    const { writeTrouble } = this.setting.kinesis;
    if (writeTrouble === 0 || !this.dice.chance(writeTrouble)) return null;
    const how = this.dice.pick([
      'throttled',
      'throttled',
      'unsent',
      'refused',
      'failed before',
      'failed after',
      'unreadable',
    ] as const);
    this.trace.fault(`request ${how}`);
    return how;
  }

  #writeFails({ fleet, slot }: Message): boolean {
    const { writeTrouble } = this.setting.kinesis;
    if (writeTrouble === 0 || !this.dice.chance(writeTrouble / 4)) return false;
    this.trace.fault('entry failed', fleet, slot);
    return true;
  }

  #append(hash: bigint, record: Omit<StoredRecord, 'sequence' | 'storedUs'>): StoredRecord {
    const shard = this.#ownerOf(hash);
    const stored = { ...record, sequence: numberOf(this.#sequence++), storedUs: this.clock.nowUs() };
    for (const { fleet, slot } of record.messages)
      this.trace.note('stored', shard.number, shard.records.length, fleet, slot);
    shard.records.push(stored);
    return stored;
  }

  #ownerOf(hash: bigint): SimulatedShard {
    const owner = this.shards.find(({ open, firstHash, lastHash }) => open && firstHash <= hash && hash <= lastHash);
    if (owner === undefined) throw new Error(`no shard has ${hash}`);
    return owner;
  }

  /** The events in a record: one, or many where they are aggregated. */
  #messagesOf(data: Buffer): Message[] {
    const records = createUserRecords(64);
    records.bytes = data;
    if (!this.#aggregated.read(records, 0, data.length)) addUserRecord(records, 0, 0, 0, data.length);
    return Array.from({ length: records.count }, (_, i) => {
      const payload = data.subarray(records.dataStarts[i], records.dataEnds[i]);
      const known = this.#slots.get(payload.toString());
      if (known === undefined) throw new Error(`nobody has sent ${payload}`);
      return { ...known, kind: 'own', identity: new Uint8Array(0), payload };
    });
  }

  #add(firstHash: bigint, lastHash: bigint, parents: readonly string[]): void {
    const number = this.shards.length;
    const id = `shardId-${`${number}`.padStart(12, '0')}`;
    const writes = new Budget(this.setting.kinesis.shardRate);
    const reads = new Budget(READS_PER_SECOND);
    this.shards.push({ number, id, firstHash, lastHash, open: true, parents, records: [], writes, reads });
  }
}

export const keyOf = (fleet: number, slot: number): string => `${fleet} ${slot}`;

export function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function cut(part: bigint, of: bigint): bigint {
  return (HASH_KEY_SPACE * part) / of;
}

const numberOf = (sequence: number): string => `49${`${sequence}`.padStart(20, '0')}`;
