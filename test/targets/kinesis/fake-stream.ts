import {
  CallError,
  type CallFailure,
  type KinesisCalls,
  type ShardInfo,
  type ShardStart,
  type StreamSummary,
} from '../../../src/targets/kinesis/calls.ts';
import type { VirtualClock } from '../../simulation/virtual-clock.ts';

/** How long a call takes. */
const CALL_MS = 5;

interface FakeRecord {
  sequence: string;
  key: string;
  data: string;
  wallMs: number;
}

interface FakeShard extends ShardInfo {
  /** All that were ever stored; the first `trimmed` of them are gone. */
  records: FakeRecord[];
  trimmed: number;
}

/** A stream in memory, in virtual time, that can be resharded and taken away, and refuses what it is told to refuse. */
export class FakeStream implements KinesisCalls {
  readonly clock: VirtualClock;
  status = 'ACTIVE';
  exists = true;
  createdMs = 1_000;
  retentionHours = 24;
  shardMap = new Map<string, FakeShard>();
  /** Calls as they came: what, of which shard, when (µs). */
  readonly calls: { call: string; shard: string; atUs: number }[] = [];
  /** What the next calls come to: each is asked with the name of the call and the shard. */
  refuse: (call: string, shard: string) => CallFailure | 'malformed' | null = () => null;
  /** Records of an answer. */
  most = 10_000;
  /** An iterator is too old after so long without a read. */
  iteratorMs = 300_000;
  /** Stored records can be read after this. */
  hiddenMs = 0;
  closed = false;
  /** Calls under way, at most. */
  mostAtOnce = 0;
  #atOnce = 0;
  #sequence = 1_000;
  #shards = 0;

  constructor(clock: VirtualClock, shards = 2) {
    this.clock = clock;
    for (let i = 0; i < shards; i++) this.add([]);
  }

  add(parents: string[]): string {
    const id = `shardId-${`${this.#shards++}`.padStart(12, '0')}`;
    this.shardMap.set(id, { id, firstHash: 0n, lastHash: 0n, open: true, parents, records: [], trimmed: 0 });
    return id;
  }

  put(shard: string, ...data: string[]): void {
    const wallMs = this.clock.wallUs() / 1000;
    for (const one of data) {
      const record = { sequence: `${this.#sequence++}`, key: `key-${one}`, data: one, wallMs };
      this.shard(shard).records.push(record);
    }
  }

  split(shard: string): [string, string] {
    this.shard(shard).open = false;
    return [this.add([shard]), this.add([shard])];
  }

  merge(one: string, other: string): string {
    for (const shard of [one, other]) this.shard(shard).open = false;
    return this.add([one, other]);
  }

  /** Deleted and made again under the same name. */
  makeAgain(shards = 1): void {
    this.createdMs++;
    this.shardMap.clear();
    this.#shards = 0;
    for (let i = 0; i < shards; i++) this.add([]);
  }

  shard(id: string): FakeShard {
    const shard = this.shardMap.get(id);
    if (shard === undefined) throw new CallError('missing', 'no such shard', 'ResourceNotFoundException', null);
    return shard;
  }

  async describe(): Promise<StreamSummary | null> {
    await this.#called('describe', '');
    if (!this.exists) return null;
    const { status, createdMs, retentionHours } = this;
    const openShards = [...this.shardMap.values()].filter(({ open }) => open).length;
    return { status, arn: 'arn', mode: 'provisioned', openShards, retentionHours, encrypted: false, createdMs };
  }

  create(): Promise<void> {
    throw new Error('a reader makes nothing');
  }

  takesCbor(): Promise<boolean> {
    throw new Error('a reader writes nothing');
  }

  putRecords(): Promise<Uint8Array> {
    throw new Error('a reader writes nothing');
  }

  async shards(): Promise<ShardInfo[]> {
    await this.#called('shards', '');
    return [...this.shardMap.values()];
  }

  async iterator(id: string, start: ShardStart): Promise<string> {
    await this.#called(`iterator ${start.at}`, id);
    const { records } = this.shard(id);
    const first = (which: (record: FakeRecord) => boolean): number => {
      const found = records.findIndex(which);
      return found < 0 ? records.length : found;
    };
    let from = 0;
    if (start.at === 'end') from = records.length;
    else if (start.at === 'after') from = first(({ sequence }) => Number(sequence) > Number(start.sequence));
    else if (start.at === 'time') from = first(({ wallMs }) => wallMs >= start.wallMs);
    return this.#iteratorAt(id, from);
  }

  async getRecords(iterator: string, limit: number): Promise<Uint8Array> {
    const [id = '', from = '', madeUs = ''] = iterator.split('/');
    const malformed = await this.#called('read', id);
    const { records, open, trimmed } = this.shard(id);
    if (this.clock.nowUs() - Number(madeUs) > this.iteratorMs * 1000) {
      throw new CallError('expired-iterator', 'iterator expired', 'ExpiredIteratorException', null);
    }
    const nowMs = this.clock.wallUs() / 1000;
    const visible = records.filter(({ wallMs }) => wallMs <= nowMs - this.hiddenMs).length;
    const start = Math.max(Number(from), trimmed);
    const end = Math.min(start + Math.min(limit, this.most), visible);
    const left = records[end];
    const answer = {
      Records: records.slice(start, end).map(({ sequence, key, data, wallMs }) => ({
        ApproximateArrivalTimestamp: wallMs / 1000,
        Data: Buffer.from(data).toString('base64'),
        PartitionKey: key,
        SequenceNumber: sequence,
      })),
      ...(!open && end === records.length ? {} : { NextShardIterator: this.#iteratorAt(id, end) }),
      MillisBehindLatest: left === undefined || end === visible ? 0 : Math.max(1, nowMs - left.wallMs),
    };
    return Buffer.from(malformed ? '{"Records":[' : JSON.stringify(answer));
  }

  close(): void {
    this.closed = true;
  }

  #iteratorAt(id: string, index: number): string {
    return `${id}/${index}/${this.clock.nowUs()}`;
  }

  /** Takes its time. Whether the answer is to be no answer. */
  async #called(call: string, shard: string): Promise<boolean> {
    this.calls.push({ call, shard, atUs: this.clock.nowUs() });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    await new Promise<void>((resolve) => this.clock.after(CALL_MS, resolve));
    this.#atOnce--;
    const failure = this.refuse(call.split(' ')[0] as string, shard);
    if (failure === 'malformed') return true;
    if (failure !== null) throw new CallError(failure, `was ${failure}`, 'Exception', null);
    return false;
  }
}
