import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import { PutRecordsAnswer } from '../../wire/kinesis/put-records-answer.ts';
import { PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';
import { ConnectionNotices } from '../connection-notices.ts';
import { LaneRooms, Shut } from '../lane-rooms.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { openingError } from './call-errors.ts';
import { CallError, type KinesisCalls } from './calls.ts';
import { openClient } from './client.ts';
import type { KinesisOptions } from './options.ts';
import { PutQueue } from './put-queue.ts';
import type { PutRequest } from './put-request.ts';
import { ShardMap } from './shard-map.ts';
import { readyStream } from './stream.ts';
import { streamOfRun } from './stream-name.ts';

/** The largest record of a stream that is as it came, its key not counted. */
const LARGEST_RECORD = 1024 * 1024;
/** Events of all lanes, whatever their size, and the fewest that a lane takes. */
const MOST_EVENTS = 65_536;
const FEWEST_EVENTS = 64;
/** Bytes of all events of a worker; reached, no lane takes anything. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Shards that notices name. */
const MAX_NAMED = 64;
/** Pause between two looks at what still has to be flushed. */
const FLUSH_POLL_MS = 1;
/** A readiness marker is sent so often before it is given up. */
const PUBLISH_ATTEMPTS = 5;
const PUBLISH_PAUSE_MS = 250;

/**
 * Opens the write side of a part; the stream is created where nobody has done so and the options say so.
 * @throws IotloadError `target-unreachable`, `target-refused`, each naming stream and endpoint and a remedy
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const kinesis = options as unknown as KinesisOptions;
  const stream = streamOfRun(kinesis.stream, context.runId);
  const calls = await openClient(kinesis, { stream, connections: kinesis.maxInFlight + 1 });
  try {
    await readyStream(calls, stream, kinesis, context.clock);
    const shards = new ShardMap(await calls.shards());
    return new PutSink(calls, stream, shards, kinesis, context);
  } catch (error) {
    calls.close();
    throw openingError(error, kinesis, stream);
  }
}

type PutOptions = Pick<KinesisOptions, 'batchBytes' | 'lingerUs' | 'maxInFlight' | 'retries' | 'timeoutUs' | 'hashKey'>;

/** A sink on a stream that is ready. Lane: a shard, as it was when the run began. */
export class PutSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly laneOf: (fleet: number, seat: number) => number;
  readonly #calls: KinesisCalls;
  readonly #stream: string;
  readonly #context: SinkContext;
  readonly #hashKeyOf: (lane: number, seat: number) => Uint8Array | null;
  readonly #shards: ShardMap;
  readonly #rooms: LaneRooms;
  readonly #queue: PutQueue;
  readonly #answer = new PutRecordsAnswer();
  readonly #notices: ConnectionNotices;
  readonly #named = new Set<string>();
  readonly #settledOf: Int32Array;
  readonly #slot = new Float64Array(1);
  readonly #sentAt = new Float64Array(1);
  #heldBytes = 0;
  #cancelTimer: (() => void) | null = null;
  #timerUs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(calls: KinesisCalls, stream: string, shards: ShardMap, options: PutOptions, context: SinkContext) {
    const { clock, events, random } = context;
    const { hashKey } = options;
    this.#calls = calls;
    this.#stream = stream;
    this.#context = context;
    this.#shards = shards;
    this.lanes = shards.count;
    this.#settledOf = new Int32Array(this.lanes);
    if (hashKey === null) {
      this.laneOf = seatLanes(this.lanes, (key) => shards.ofKey(key), context);
      this.#hashKeyOf = () => null;
    } else if (hashKey === 'even') {
      this.laneOf = (_fleet, seat) => seat % this.lanes;
      this.#hashKeyOf = (lane, seat) => shards.placeIn(lane, seat);
    } else {
      const [digits, only] = [Buffer.from(hashKey), shards.ofHash(BigInt(hashKey))];
      this.laneOf = () => only;
      this.#hashKeyOf = () => digits;
    }
    const window = Math.max(FEWEST_EVENTS, Math.floor(MOST_EVENTS / this.lanes));
    this.#rooms = new LaneRooms(this.lanes, window, (lane) => events.drained(lane));
    this.room = this.#rooms.room;
    this.#notices = new ConnectionNotices(clock, (kind, detail, count) => events.notice(kind, detail, count));
    this.#queue = new PutQueue(
      this.lanes,
      { ...options, stream, random },
      {
        settled: (request, i, outcome, reason) => this.#settled(request, i, outcome, reason),
        stored: (request) => this.#stored(request),
        resent: (request, i) => {
          this.#slot[0] = request.slots[i] as number;
          events.resent(request.fleets[i] as number, this.#slot, 1, request.doubts[i] === 1);
        },
        throttled: (lane, shard, count) => events.notice('throttled', this.#nameOf(shard || this.#idOf(lane)), count),
        waits: (lane, waits) => this.#rooms.set(lane, Shut.down, waits),
      },
    );
    for (let lane = 0; lane < this.lanes; lane++) this.#rooms.set(lane, Shut.down, false);
  }

  send(batch: EventBatch, atUs: Micros): void {
    const { events } = this.#context;
    for (let i = 0; i < batch.count; i++) {
      const seat = batch.seats[i] as number;
      const lane = this.laneOf(batch.fleet, seat);
      const size =
        (batch.ends[i] as number) -
        (batch.payloads[i] as number) +
        (batch.identities[i] as number) -
        (batch.starts[i] as number);
      const taken = size <= LARGEST_RECORD && this.#queue.append(batch, i, lane, this.#hashKeyOf(lane, seat), atUs);
      if (taken) this.#heldBytes += size;
      else {
        this.#slot[0] = batch.slots[i] as number;
        this.#sentAt[0] = atUs;
        events.settled(batch.fleet, this.#slot, this.#sentAt, 1, Outcome.rejected, 'record too large', atUs);
        this.#rooms.giveBack(lane, 1);
      }
    }
    if (this.#heldBytes >= MOST_BYTES) this.#rooms.setFull(true);
    this.#pump();
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    const { lingerUs } = this.#queue;
    this.#queue.lingerUs = 0;
    while (this.#queue.outstanding > 0) {
      if (clock.nowUs() >= deadlineUs) {
        this.#queue.abandon('timeout');
        break;
      }
      this.#pump();
      await new Promise<void>((resolve) => {
        clock.after(FLUSH_POLL_MS, resolve);
      });
    }
    this.#queue.lingerUs = lingerUs;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#cancelTimer?.();
    this.#queue.abandon('closed');
    this.#notices.flush();
    this.#calls.close();
    return Promise.resolve();
  }

  async publish(address: string, payload: Uint8Array): Promise<void> {
    const body = new PutRecordsBody({ name: this.#stream });
    const key = Buffer.from(address === '' ? 'iotload' : address);
    body.add(payload, 0, payload.length, key, 0, key.length, null);
    const answer = new PutRecordsAnswer();
    let reason = 'no answer';
    for (let attempt = 0; attempt < PUBLISH_ATTEMPTS; attempt++) {
      if (attempt > 0) {
        await new Promise<void>((resolve) => {
          this.#context.clock.after(PUBLISH_PAUSE_MS, resolve);
        });
      }
      try {
        const bytes = await this.#calls.putRecords(body.finish());
        if (answer.read(bytes, 1) && answer.failed === 0) return;
        reason = answer.outcome(0);
      } catch (error) {
        reason = error instanceof CallError ? error.reason : String(error);
        if (error instanceof CallError && error.failure === 'refused') break;
      }
    }
    throw new IotloadError('target-unreachable', `a record to stream ${this.#stream} was not taken: ${reason}`, {
      where: 'target.stream',
      value: this.#stream,
    });
  }

  #pump(): void {
    if (this.#closed) return;
    const { clock } = this.#context;
    const nowUs = clock.nowUs();
    for (let request = this.#queue.next(nowUs); request !== null; request = this.#queue.next(nowUs))
      void this.#put(request);
    this.#wake(this.#queue.dueUs, nowUs);
  }

  /** Comes back when time alone makes something due. */
  #wake(dueUs: Micros, nowUs: Micros): void {
    if (dueUs >= this.#timerUs && this.#cancelTimer !== null) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#timerUs = dueUs;
    if (dueUs === Number.POSITIVE_INFINITY || dueUs <= nowUs) return;
    this.#cancelTimer = this.#context.clock.after(Math.max(1, Math.ceil((dueUs - nowUs) / 1000)), () => {
      this.#cancelTimer = null;
      this.#timerUs = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  async #put(request: PutRequest): Promise<void> {
    const { clock } = this.#context;
    try {
      const bytes = await this.#calls.putRecords(request.body.finish());
      if (this.#answer.read(bytes, request.count)) this.#queue.answered(request, this.#answer, clock.nowUs());
      else this.#queue.failed(request, 'ambiguous', 'unreadable answer', clock.nowUs());
    } catch (error) {
      const { failure, reason } =
        error instanceof CallError ? error : { failure: 'ambiguous' as const, reason: 'connection lost' };
      if (!this.#closed && failure === 'throttled') this.#notices.add('throttled', 'requests');
      else if (!this.#closed) this.#notices.add('warning', `PutRecords: ${reason}`);
      this.#queue.failed(request, failure, reason, clock.nowUs());
    }
    this.#pump();
  }

  /** Tells of a whole request at once, by fleet. */
  #stored(request: PutRequest): void {
    const { events, clock } = this.#context;
    const { count, fleets, lanes, slots, sentAtUs } = request;
    const nowUs = clock.nowUs();
    for (let from = 0; from < count; ) {
      const fleet = fleets[from] as number;
      let to = from;
      while (to < count && fleets[to] === fleet) to++;
      const someSlots = slots.subarray(from, to);
      events.settled(fleet, someSlots, sentAtUs.subarray(from, to), to - from, Outcome.acked, 'stored', nowUs);
      from = to;
    }
    this.#heldBytes -= request.body.recordBytes;
    if (this.#heldBytes < 0.9 * MOST_BYTES) this.#rooms.setFull(false);
    const settledOf = this.#settledOf.fill(0);
    for (let i = 0; i < count; i++) {
      const lane = lanes[i] as number;
      settledOf[lane] = (settledOf[lane] as number) + 1;
    }
    for (let lane = 0; lane < settledOf.length; lane++) {
      const settled = settledOf[lane] as number;
      if (settled > 0) this.#rooms.giveBack(lane, settled);
    }
  }

  #settled(request: PutRequest, i: number, outcome: Outcome, reason: string): void {
    const { events, clock } = this.#context;
    const nowUs = clock.nowUs();
    this.#slot[0] = request.slots[i] as number;
    const sentAtUs = request.sentAtUs[i] as number;
    this.#sentAt[0] = sentAtUs < 0 ? nowUs : sentAtUs;
    events.settled(request.fleets[i] as number, this.#slot, this.#sentAt, 1, outcome, reason, nowUs);
    this.#heldBytes -= request.body.sizeOf(i);
    if (this.#heldBytes < 0.9 * MOST_BYTES) this.#rooms.setFull(false);
    this.#rooms.giveBack(request.lanes[i] as number, 1);
  }

  #idOf(lane: number): string {
    return this.#shards.ids[lane] ?? 'a shard';
  }

  #nameOf(shard: string): string {
    if (this.#named.size < MAX_NAMED) this.#named.add(shard);
    return this.#named.has(shard) ? shard : 'other shards';
  }
}
