import {
  CallError,
  type KinesisCalls,
  type ShardInfo,
  type ShardStart,
  type StreamSummary,
} from '../../src/targets/kinesis/calls.ts';
import { type KinesisService, keyOf, type PutEntry, type PutReply, type SimulatedShard } from './kinesis-service.ts';
import type { SinkWorld } from './partition-sink.ts';

export type KinesisWorld = SinkWorld<KinesisService>;

/** Of calls that are no data of a sink. */
const PATIENCE_US = 30_000_000;
const ITERATOR_US = 300_000_000;

interface Call {
  /** It comes to nothing. */
  fail(error: CallError): void;
}

type Reply<T> = { value: T } | { error: CallError } | null;

/** The calls of one process over connections of its own: each request and each answer takes its time, and either may be lost. */
export class SimulatedCalls implements KinesisCalls {
  /** A reader's calls come to nothing now and then from here on. */
  troubled = false;
  readonly #world: KinesisWorld;
  readonly #timeoutUs: number;
  readonly #pending = new Set<Call>();
  #puts = 0;
  /** Requests of an earlier one were sent over connections that are gone. */
  #epoch = 0;
  #closed = false;

  constructor(world: KinesisWorld, timeoutUs: number) {
    this.#world = world;
    this.#timeoutUs = timeoutUs;
    world.process.onDeath(() => this.#epoch++);
  }

  describe(): Promise<StreamSummary | null> {
    return this.#read(() => this.#world.broker.summary);
  }

  create(): Promise<void> {
    throw new Error('the stream is there');
  }

  shards(): Promise<ShardInfo[]> {
    return this.#read(() => this.#world.broker.shards.map((shard) => ({ ...shard })));
  }

  takesCbor(): Promise<boolean> {
    throw new Error('the form is given');
  }

  async putRecords(body: Uint8Array): Promise<Uint8Array> {
    const { broker, setting } = this.#world;
    const sent = Buffer.from(body);
    const entries = broker.entriesOf(sent);
    const messages = entries.flatMap((entry) => entry.messages);
    this.#left(entries);
    if (++this.#puts > setting.kinesis.maxInFlight) broker.violated(`${this.#puts} requests are under way`);
    try {
      const reply = await this.#call<PutReply>(this.#timeoutUs, () => {
        const outcome = broker.put(entries);
        return outcome === null ? null : { value: outcome };
      });
      return answerOf(reply);
    } catch (error) {
      // Of a call that was not answered at all, nobody knows more than that.
      if (error instanceof CallError && error.failure === 'ambiguous') broker.doubt(messages);
      throw error;
    } finally {
      this.#puts--;
      if (!sent.equals(body)) broker.violated('a body has changed while its request was under way');
    }

    function answerOf(reply: PutReply): Uint8Array {
      switch (reply?.kind) {
        case 'answer':
          doubtFailed(broker, entries, reply.body);
          return reply.body;
        case 'unreadable':
          broker.doubt(messages);
          return Buffer.from('{"FailedRecordCount":0,"Records":[{"SequenceNumb');
        case 'throttled':
          throw new CallError('throttled', 'throttled', 'LimitExceededException', null);
        case 'unsent':
          throw new CallError('unsent', 'no connection', 'ECONNREFUSED', null);
        case 'refused':
          throw new CallError('refused', 'access denied', 'AccessDeniedException', null);
        default:
          throw new CallError('ambiguous', 'service failure', 'InternalFailureException', null);
      }
    }
  }

  iterator(shard: string, start: ShardStart): Promise<string> {
    const { broker, clock } = this.#world;
    return this.#read(() => {
      const known = broker.shardOf(shard);
      return `${shard}/${this.#placeOf(known, start)}/${clock.nowUs()}`;
    });
  }

  getRecords(iterator: string, limit: number): Promise<Uint8Array> {
    const { broker, clock, dice } = this.#world;
    const [id = '', from = '', madeUs = ''] = iterator.split('/');
    return this.#call(this.#timeoutUs, () => {
      const shard = broker.shardOf(id);
      if (!shard.reads.take(clock.nowUs())) return { error: throttled() };
      const trouble = this.#trouble(['throttled', 'lost', 'failed', 'expired', 'unreadable', 'empty'] as const);
      if (trouble === 'lost') return null;
      if (trouble === 'throttled') return { error: throttled() };
      if (trouble === 'failed') return { error: new CallError('ambiguous', 'service failure', 'Failure', null) };
      if (trouble === 'expired' || clock.nowUs() - Number(madeUs) > ITERATOR_US) {
        return { error: new CallError('expired-iterator', 'iterator expired', 'ExpiredIteratorException', null) };
      }
      const most = trouble === 'empty' ? 0 : Math.min(limit, this.#world.setting.kinesis.answerRecords);
      const body = this.#answer(shard, Number(from), most);
      return { value: trouble === 'unreadable' ? body.subarray(0, dice.whole(0, body.length - 1)) : body };
    });
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /** The connections break; both sides notice. */
  reset(): void {
    if (this.#closed) return;
    this.#world.process.run(() => this.#drop());
  }

  /** Position of the first record that a reader gets who begins like this. */
  #placeOf(shard: SimulatedShard, start: ShardStart): number {
    const { broker } = this.#world;
    return placeOf(broker, shard, start);
  }

  #drop(): void {
    this.#epoch++;
    for (const call of [...this.#pending]) call.fail(new CallError('ambiguous', 'connection lost', 'ECONNRESET', null));
  }

  #answer(shard: SimulatedShard, from: number, most: number): Buffer {
    const { broker, clock } = this.#world;
    const end = Math.min(from + most, broker.visible(shard));
    const left = shard.records[end];
    const isTip = left === undefined || end === broker.visible(shard);
    return Buffer.from(
      JSON.stringify({
        MillisBehindLatest: isTip ? 0 : Math.max(1, Math.floor((clock.nowUs() - left.storedUs) / 1000)),
        ...(!shard.open && end === shard.records.length
          ? {}
          : { NextShardIterator: `${shard.id}/${end}/${clock.nowUs()}` }),
        Records: shard.records.slice(from, end).map(({ key, data, sequence, storedUs }) => ({
          ApproximateArrivalTimestamp: broker.msOf(storedUs) / 1000,
          Data: data.toString('base64'),
          PartitionKey: key,
          SequenceNumber: sequence,
        })),
      }),
    );
  }

  /** Bytes leave the process. */
  #left(entries: readonly PutEntry[]): void {
    const { trace, truth, broker } = this.#world;
    for (const { messages } of entries) {
      for (const { fleet, slot } of messages) {
        trace.note('left', fleet, slot);
        const known = truth?.of(fleet, slot);
        if (known === undefined) continue;
        known.left++;
        if (known.outcome !== null) broker.violated(`event ${keyOf(fleet, slot)} is sent after its outcome was told`);
      }
    }
  }

  /** A call that changes nothing. */
  #read<T>(value: () => T): Promise<T> {
    return this.#call(PATIENCE_US, () => {
      const trouble = this.#trouble(['throttled', 'failed'] as const);
      if (trouble === 'throttled') return { error: throttled() };
      if (trouble === 'failed') return { error: new CallError('ambiguous', 'service failure', 'Failure', null) };
      return { value: value() };
    });
  }

  #trouble<Kind extends string>(kinds: readonly Kind[]): Kind | null {
    const { setting, dice, trace } = this.#world;
    const share = setting.kinesis.readTrouble;
    if (!this.troubled || share === 0 || !dice.chance(share)) return null;
    const kind = dice.pick(kinds);
    trace.fault(`read ${kind}`);
    return kind;
  }

  #call<T>(timeoutUs: number, execute: () => Reply<T>): Promise<T> {
    const { clock, dice, setting, broker, process } = this.#world;
    const epoch = this.#epoch;
    const trip = (task: () => void): void => void clock.at(clock.nowUs() + dice.delayUs(setting.latencyUs), task);
    return new Promise((resolve, reject) => {
      const end = (): boolean => {
        cancel();
        return this.#pending.delete(call);
      };
      const call: Call = { fail: (error) => void (end() && reject(error)) };
      const cancel = process.clock.after(timeoutUs / 1000, () => {
        call.fail(new CallError('ambiguous', 'timeout', 'TimeoutError', null));
      });
      this.#pending.add(call);
      trip(() => {
        // What was on the way when the connection broke may have come through.
        if (this.#epoch !== epoch && dice.chance(0.5)) return;
        broker.whenAwake(() => {
          const reply = execute();
          if (reply === null) return;
          trip(() =>
            process.run(() => {
              if (!end()) return;
              if ('error' in reply) reject(reply.error);
              else resolve(reply.value);
            }),
          );
        });
      });
    });
  }
}

/** Position of the first record that a reader of a shard gets who begins like this. */
export function placeOf(broker: KinesisService, shard: SimulatedShard, start: ShardStart): number {
  const { records } = shard;
  const first = (which: (record: SimulatedShard['records'][number]) => boolean): number => {
    const found = records.findIndex(which);
    return found < 0 ? records.length : found;
  };
  switch (start.at) {
    case 'start':
      return 0;
    case 'end':
      return records.length;
    case 'after':
      return first(({ sequence }) => sequence > start.sequence);
    case 'time':
      return first(({ storedUs }) => broker.msOf(storedUs) >= start.wallMs);
  }
}

const throttled = (): CallError =>
  new CallError('throttled', 'throttled', 'ProvisionedThroughputExceededException', null);

/** Entries that failed within the service may have been stored. */
function doubtFailed(broker: KinesisService, entries: readonly PutEntry[], body: Buffer): void {
  const { Records } = JSON.parse(body.toString()) as { Records: { ErrorCode?: string }[] };
  for (const [i, { ErrorCode }] of Records.entries())
    if (ErrorCode === 'InternalFailure') broker.doubt((entries[i] as PutEntry).messages);
}
