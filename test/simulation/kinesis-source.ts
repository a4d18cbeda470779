import type { KinesisCalls } from '../../src/targets/kinesis/calls.ts';
import { ShardReader } from '../../src/targets/kinesis/shard-reader.ts';
import type { DeliveredBatch, Source, SourceContext, SourceHealth } from '../../src/targets/target.ts';
import { type KinesisWorld, placeOf, SimulatedCalls } from './kinesis-calls.ts';
import type { SimulatedShard, StoredRecord } from './kinesis-service.ts';
import type { Setting } from './setting.ts';

const POLL_US = 200_000;
const TIMEOUT_US = 30_000_000;

/** An answer that the reader was given, and has not delivered yet. */
interface Answered {
  shard: SimulatedShard;
  from: number;
  records: readonly StoredRecord[];
}

/** The reader of Kinesis as it is, on simulated calls; what it delivers is told to the world first. */
export class KinesisSource implements Source {
  /** It has been read to its end, or given up. */
  done = false;
  readonly #world: KinesisWorld;
  readonly #calls: SimulatedCalls;
  readonly #reader: ShardReader;
  readonly #answered: Answered[] = [];
  /** By number: where the next record of the shard has its place. */
  readonly #next: number[] = [];
  #ended = false;
  /** What is given from here on comes when its reader has put its name to the record. */
  #over = false;
  #closed = false;

  constructor(world: KinesisWorld, context: SourceContext, twisted: (calls: KinesisCalls) => KinesisCalls) {
    const { broker, truth } = world;
    this.#world = world;
    this.#calls = new SimulatedCalls(world, TIMEOUT_US);
    const deliver = context.events.delivered;
    this.#reader = new ShardReader(
      this.#overheard(twisted(this.#calls)),
      { stream: 'simulated', pollUs: POLL_US, limit: 10_000 },
      {
        ...context,
        random: () => world.dice.next(),
        events: {
          delivered: (batch) => {
            this.#delivered(batch);
            deliver(batch);
          },
          notice: (kind, detail, count) => context.events.notice(kind, detail, count),
        },
      },
    );
    const marks = (context.resumeFrom as { shards: Record<string, unknown> } | null | undefined)?.shards ?? {};
    this.#next = broker.shards.map((shard) => firstPlace(world, shard, marks[shard.id]));
    truth?.readFrom(this.#next);
  }

  static async open(
    world: KinesisWorld,
    context: SourceContext,
    twisted: (calls: KinesisCalls) => KinesisCalls,
  ): Promise<KinesisSource> {
    const source = new KinesisSource(world, context, twisted);
    await source.#reader.open();
    source.#calls.troubled = true;
    return source;
  }

  health(): SourceHealth {
    return this.#reader.health();
  }

  positions(): unknown {
    return this.#reader.positions();
  }

  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { truth, clock, broker, setting } = this.#world;
    const calledUs = clock.nowUs();
    this.#ended = true;
    if (truth !== null) truth.readToEndUs = calledUs;
    const { complete } = await this.#reader.readToEnd(timeoutMs);
    if (truth !== null) truth.complete = complete;
    this.#over = true;
    this.done = true;
    if (complete) this.#checkComplete(calledUs);
    else if (isEasy(setting) && !this.#closed) broker.violated('the end was not found, though nothing went wrong');
    return { complete };
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#reader.close();
  }

  /** The connections break; both sides notice. */
  reset(): void {
    if (this.done || !this.#calls.troubled || !this.#world.process.alive) return;
    this.#world.trace.fault('reader reset');
    this.#calls.reset();
  }

  /** The calls, with an ear on what they answer. */
  #overheard(calls: KinesisCalls): KinesisCalls {
    const { broker } = this.#world;
    return {
      describe: () => calls.describe(),
      create: (shards) => calls.create(shards),
      shards: () => calls.shards(),
      takesCbor: () => calls.takesCbor(),
      putRecords: (body, form) => calls.putRecords(body, form),
      iterator: (shard, start) => calls.iterator(shard, start),
      getRecords: async (iterator, limit) => {
        const body = await calls.getRecords(iterator, limit);
        const [id = '', from = ''] = iterator.split('/');
        const shard = broker.shardOf(id);
        const count = Buffer.from(body).toString('latin1').split('"SequenceNumber":').length - 1;
        if (count > 0) {
          const records = shard.records.slice(Number(from), Number(from) + count);
          this.#answered.push({ shard, from: Number(from), records });
        }
        return body;
      },
      close: () => calls.close(),
    };
  }

  #delivered(batch: DeliveredBatch): void {
    const { truth, trace, broker } = this.#world;
    const at = this.#answered.findIndex(({ records }) => isOf(batch, records));
    if (at < 0) {
      broker.violated('what is delivered was not answered');
      return;
    }
    // Those before it were not to be delivered: they could not be read.
    const { shard, from, records } = this.#answered.splice(0, at + 1).at(-1) as Answered;
    trace.note('read', shard.number, from, records.length);
    const expected = this.#next[shard.number] ?? 0;
    if (from !== expected) broker.violated(`${shard.id} is read at ${from}, and was read up to ${expected}`);
    if (from === 0) this.#checkParents(shard);
    this.#next[shard.number] = from + records.length;
    if (this.#over) return;
    for (const [i, { messages }] of records.entries())
      for (const message of messages) truth?.arrived(message, batch.atUs, this.#ended, shard.number, from + i);
  }

  /** Whatever was stored by then has arrived, at this reader or at one before it. */
  #checkComplete(storedUs: number): void {
    const { truth, broker } = this.#world;
    const arrived = new Set(truth?.arrivals.map(({ partition, position }) => `${partition} ${position}`));
    for (const { id, number, records } of broker.shards) {
      const missed = records.findIndex((record, i) => record.storedUs <= storedUs && !arrived.has(`${number} ${i}`));
      if (missed >= 0) broker.violated(`${id} was read to its end, but for the record at ${missed}`);
    }
  }

  /** Those that a shard came from are read to their end before it is begun. */
  #checkParents({ id, parents }: SimulatedShard): void {
    const { broker } = this.#world;
    for (const parent of parents.map((each) => broker.shardOf(each))) {
      const next = this.#next[parent.number] ?? 0;
      if (next < parent.records.length)
        broker.violated(`${id} is begun when ${parent.id} was read up to ${next} of ${parent.records.length}`);
    }
  }
}

/** A reader has enough time for everything. */
function isEasy({ kinesis: { readTrouble, answerRecords }, times, shard }: Setting): boolean {
  // Five answers a second are less than the events of a second; and where others write on, nothing is ever the last.
  const keepsUp = answerRecords > 30 && shard.count === 1;
  const others = Object.entries(times).some(([fault, count]) => fault !== 'reshard' && count > 0);
  return readTrouble === 0 && keepsUp && !others;
}

/** Where a reader begins in a shard that has this mark of an earlier one. */
function firstPlace({ broker }: KinesisWorld, shard: SimulatedShard, mark: unknown): number {
  if (mark === true) return shard.records.length;
  if (typeof mark === 'string') return placeOf(broker, shard, { at: 'after', sequence: mark });
  return typeof mark === 'number' ? placeOf(broker, shard, { at: 'time', wallMs: mark }) : 0;
}

function isOf({ count, bytes, payloadStarts, payloadEnds }: DeliveredBatch, records: readonly StoredRecord[]): boolean {
  const messages = records.flatMap((record) => record.messages);
  return (
    messages.length === count &&
    messages.every(({ payload }, i) => Buffer.compare(payload, bytes.subarray(payloadStarts[i], payloadEnds[i])) === 0)
  );
}
