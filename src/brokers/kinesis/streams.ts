import type { Clock } from '../../core/clock.ts';
import type { BlockStore } from '../block-store.ts';
import { invalidArgument, KinesisError } from './kinesis-error.ts';
import { Stream, type StreamMode } from './stream.ts';

export const ACCOUNT = '000000000000';
/** Of the whole account. */
export const SHARD_LIMIT = 20_000;
export const ON_DEMAND_LIMIT = 50;
const STREAM_LIMIT = 10_000;
const HOUR_MS = 3_600_000;

/** All streams of the account. */
export class Streams {
  readonly #clock: Clock;
  readonly #store: BlockStore;
  readonly #transitionMs: number;
  readonly #byName = new Map<string, Stream>();

  /** `transitionMs`: how long whatever changes a stream takes. */
  constructor(clock: Clock, store: BlockStore, transitionMs: number) {
    this.#clock = clock;
    this.#store = store;
    this.#transitionMs = transitionMs;
  }

  /** ms since 1970. */
  nowMs(): number {
    return Math.floor(this.#clock.wallUs() / 1000);
  }

  /** @throws KinesisError */
  create(name: string, mode: StreamMode, shardCount: number): Stream {
    if (this.find(name) !== null)
      throw new KinesisError('ResourceInUseException', `Stream ${name} under account ${ACCOUNT} already exists.`);
    if (this.#byName.size >= STREAM_LIMIT) throw limitExceeded(`This account may have ${STREAM_LIMIT} streams.`);
    this.allowShards(shardCount);
    if (mode === 'ON_DEMAND') this.allowOnDemand();
    const nowMs = this.nowMs();
    const stream = new Stream(name, mode, shardCount, nowMs, nowMs + this.#transitionMs, this.#store);
    this.#byName.set(name, stream);
    return stream;
  }

  /** null where there is none. */
  find(name: string): Stream | null {
    const stream = this.#byName.get(name);
    if (stream === undefined) return null;
    if (stream.transition !== 'DELETING' || this.nowMs() < stream.busyUntilMs) return stream;
    this.#remove(stream);
    return null;
  }

  /** By its name or ARN; @throws KinesisError where there is none. */
  get(name: string | null, arn: string | null): Stream {
    const wanted = name ?? nameIn(arn);
    return this.find(wanted) ?? missing(wanted);
  }

  /** The same, for what can only be done to one that is at rest. */
  getAtRest(name: string | null, arn: string | null): Stream {
    const stream = this.get(name, arn);
    const status = this.statusOf(stream);
    if (status === 'ACTIVE') return stream;
    throw new KinesisError(
      'ResourceInUseException',
      `Stream ${stream.name} under account ${ACCOUNT} not ACTIVE, instead in state ${status}`,
    );
  }

  /** The same, for what records can be written to and read from. */
  getInUse(name: string | null, arn: string | null): Stream {
    const stream = this.get(name, arn);
    const status = this.statusOf(stream);
    return status === 'ACTIVE' || status === 'UPDATING' ? stream : missing(stream.name);
  }

  statusOf({ transition, busyUntilMs }: Stream): Stream['transition'] | 'ACTIVE' {
    return this.nowMs() < busyUntilMs ? transition : 'ACTIVE';
  }

  /** Something is about to change. */
  begin(stream: Stream, transition: Stream['transition']): void {
    stream.transition = transition;
    stream.busyUntilMs = this.nowMs() + this.#transitionMs;
    if (transition === 'DELETING' && this.#transitionMs === 0) this.#remove(stream);
  }

  /** Sorted by name. */
  all(): Stream[] {
    return [...this.#byName.keys()].sort().flatMap((name) => this.find(name) ?? []);
  }

  get openShards(): number {
    return this.#count((stream) => (stream.mode === 'PROVISIONED' ? stream.open.length : 0));
  }

  get onDemand(): number {
    return this.#count(({ mode }) => (mode === 'ON_DEMAND' ? 1 : 0));
  }

  allowShards(more: number): void {
    const open = this.#count((stream) => stream.open.length);
    if (open + more > SHARD_LIMIT)
      throw limitExceeded(
        `This request would exceed the shard limit for the account ${ACCOUNT}. Current shard count: ${open}. Limit: ${SHARD_LIMIT}.`,
      );
  }

  allowOnDemand(): void {
    if (this.onDemand >= ON_DEMAND_LIMIT)
      throw limitExceeded(`This account may have ${ON_DEMAND_LIMIT} streams on demand.`);
  }

  /** Lets go of records that nobody may read any more. */
  trim(stream: Stream): void {
    const beforeMs = this.nowMs() - stream.retentionHours * HOUR_MS;
    for (const { log } of stream.shards) log.trim(beforeMs);
  }

  close(): void {
    for (const stream of [...this.#byName.values()]) this.#remove(stream);
  }

  #remove(stream: Stream): void {
    stream.drop();
    this.#byName.delete(stream.name);
  }

  #count(of: (stream: Stream) => number): number {
    let sum = 0;
    for (const stream of this.#byName.values()) sum += of(stream);
    return sum;
  }
}

export const limitExceeded = (message: string): KinesisError => new KinesisError('LimitExceededException', message);

function nameIn(arn: string | null): string {
  const name = arn?.split(':stream/')[1];
  if (name !== undefined && name !== '') return name;
  throw invalidArgument('Exactly one of StreamARN and StreamName has to say which stream is meant.');
}

function missing(name: string): never {
  throw new KinesisError('ResourceNotFoundException', `Stream ${name} under account ${ACCOUNT} not found.`);
}
