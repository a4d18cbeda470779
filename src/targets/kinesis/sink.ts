import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import { PutRecordsAnswer } from '../../wire/kinesis/put-records-answer.ts';
import { MAX_PUT_RECORDS } from '../../wire/kinesis/put-records-body.ts';
import type { WireForm } from '../../wire/kinesis/wire-form.ts';
import { ConnectionNotices } from '../connection-notices.ts';
import { LaneRooms, Shut } from '../lane-rooms.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { openingError } from './call-errors.ts';
import { CallError, type KinesisCalls } from './calls.ts';
import { openClient } from './client.ts';
import type { KinesisOptions } from './options.ts';
import { putOne } from './put-one.ts';
import { PutQueue } from './put-queue.ts';
import type { PutRequest } from './put-request.ts';
import { ShardMap } from './shard-map.ts';
import { shardNumber } from './shard-number.ts';
import { readyStream } from './stream.ts';
import { streamOfRun } from './stream-name.ts';

/** The largest record of a stream that is as it came, with its key. */
const LARGEST_RECORD = 1024 * 1024;
/** Characters of a key, and the most bytes that they are. */
const LONGEST_KEY = 256;
const LONGEST_KEY_BYTES = 4 * LONGEST_KEY;
const TOO_LARGE = 'record too large';
/** Events of all lanes, whatever their size, and the fewest that a lane takes. */
const MOST_EVENTS = 65_536;
const FEWEST_EVENTS = 64;
/** Events of a lane: what a shard takes in two seconds, alone or as parts of records. */
const LANE_EVENTS = 2048;
const LANE_PARTS = 8192;
/** Bytes of all events of a worker; reached, no lane takes anything. */
const MOST_BYTES = 64 * 1024 * 1024;
const NO_CBOR = 'a request in CBOR was not understood: records go as JSON';
/** Shards that notices name. */
const MAX_NAMED = 64;
/** Pause between two looks at what still has to be flushed. */
const FLUSH_POLL_MS = 1;

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
    if (calls.note) context.events.notice('warning', calls.note, 1);
    const form = kinesis.wire === 'auto' && (await calls.takesCbor()) ? 'cbor' : 'json';
    if (form !== 'cbor' && kinesis.wire === 'auto' && !calls.note) context.events.notice('warning', NO_CBOR, 1);
    return new PutSink(calls, stream, shards, { ...kinesis, form }, context);
  } catch (error) {
    calls.close();
    throw openingError(error, kinesis, stream);
  }
}

type PutOptions = Pick<
  KinesisOptions,
  'batchBytes' | 'aggregateBytes' | 'lingerUs' | 'maxInFlight' | 'retries' | 'timeoutUs' | 'hashKey'
> & { form: WireForm };

/** A sink on a stream that is ready. Lane: a shard, as it was when the run began. */
export class PutSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly laneOf: (fleet: number, seat: number) => number;
  readonly #calls: KinesisCalls;
  readonly #stream: string;
  readonly #form: WireForm;
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
  #sentAtUs = new Float64Array(MAX_PUT_RECORDS);
  #cancelTimer: (() => void) | null = null;
  #timerUs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(calls: KinesisCalls, stream: string, shards: ShardMap, options: PutOptions, context: SinkContext) {
    const { clock, events, random } = context;
    const { hashKey, batchBytes } = options;
    this.#calls = calls;
    this.#stream = stream;
    this.#form = options.form;
    this.#context = context;
    this.#shards = shards;
    this.lanes = shards.count;
    this.#settledOf = new Int32Array(this.lanes);
    // A record and its key have to fit into a request, and into what a record may be.
    const aggregateBytes =
      options.aggregateBytes === null
        ? null
        : Math.min(options.aggregateBytes, LARGEST_RECORD - LONGEST_KEY_BYTES, batchBytes - LONGEST_KEY_BYTES);
    if (hashKey === null) {
      this.laneOf = seatLanes(this.lanes, (key) => shards.ofKey(key), context);
      this.#hashKeyOf = aggregateBytes === null ? () => null : (lane, seat) => shards.placeIn(lane, seat);
    } else if (hashKey === 'even') {
      this.laneOf = (_fleet, seat) => seat % this.lanes;
      this.#hashKeyOf = (lane, seat) => shards.placeIn(lane, seat);
    } else {
      const [digits, only] = [Buffer.from(hashKey), shards.ofHash(BigInt(hashKey))];
      this.laneOf = () => only;
      this.#hashKeyOf = () => digits;
    }
    const share = Math.floor(MOST_EVENTS / this.lanes);
    const window = Math.max(FEWEST_EVENTS, Math.min(share, aggregateBytes === null ? LANE_EVENTS : LANE_PARTS));
    this.#rooms = new LaneRooms(this.lanes, window, (lane) => events.drained(lane));
    this.room = this.#rooms.room;
    this.#notices = new ConnectionNotices(clock, (kind, detail, count) => events.notice(kind, detail, count));
    this.#queue = new PutQueue(
      this.lanes,
      { ...options, aggregateBytes, stream, random },
      {
        settled: (request, from, to, outcome, reason) => this.#settled(request, from, to, outcome, reason),
        resent: (request, from, to, doubt) => this.#resent(request, from, to, doubt),
        throttled: (lane, shard, count) => {
          const id = shard || this.#idOf(lane);
          this.#notices.add('throttled', this.#nameOf(id), count);
          this.#count(shardNumber(id), 0, count);
        },
      },
    );
    for (let lane = 0; lane < this.lanes; lane++) {
      this.#rooms.set(lane, Shut.down, false);
      this.#count(shards.numbers[lane] as number, 0, 0);
    }
  }

  send(batch: EventBatch, atUs: Micros): void {
    for (let i = 0; i < batch.count; i++) {
      const seat = batch.seats[i] as number;
      const lane = this.laneOf(batch.fleet, seat);
      const problem = problemOf(batch, i);
      if (problem !== null) this.#reject(batch, i, lane, problem, atUs);
      else if (!this.#queue.append(batch, i, lane, this.#hashKeyOf(lane, seat), atUs))
        this.#reject(batch, i, lane, TOO_LARGE, atUs);
    }
    if (this.#queue.heldBytes >= MOST_BYTES) this.#rooms.setFull(true);
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

  publish(address: string, payload: Uint8Array): Promise<void> {
    return putOne(this.#calls, this.#context.clock, { stream: this.#stream, form: this.#form }, address, payload);
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
      const bytes = await this.#calls.putRecords(request.body.finish(), this.#form);
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

  #settled(request: PutRequest, from: number, to: number, outcome: Outcome, reason: string): void {
    const { events, clock } = this.#context;
    const { firsts, lanes, sentAtUs } = request;
    const nowUs = clock.nowUs();
    const first = firsts[from] as number;
    const most = request.eventsOf(from, to);
    if (this.#sentAtUs.length < most) this.#sentAtUs = new Float64Array(2 * most);
    const sent = this.#sentAtUs;
    for (let i = from, event = 0; i < to; i++) {
      const sentUs = sentAtUs[i] as number;
      const end = (firsts[i + 1] as number) - first;
      while (event < end) sent[event++] = sentUs < 0 ? nowUs : sentUs;
    }
    request.eachFleet(from, to, (fleet, slots, begin) => {
      const times = sent.subarray(begin - first, begin - first + slots.length);
      events.settled(fleet, slots, times, slots.length, outcome, reason, nowUs);
    });
    if (this.#queue.heldBytes < 0.9 * MOST_BYTES) this.#rooms.setFull(false);
    const settledOf = this.#settledOf;
    for (let i = from; i < to; i++) {
      const lane = lanes[i] as number;
      settledOf[lane] = (settledOf[lane] as number) + (firsts[i + 1] as number) - (firsts[i] as number);
    }
    for (let i = from; i < to; i++) {
      const lane = lanes[i] as number;
      const settled = settledOf[lane] as number;
      if (settled === 0) continue;
      settledOf[lane] = 0;
      this.#rooms.giveBack(lane, settled);
      // Of one that was split since, its halves: whoever reads knows which.
      if (outcome === Outcome.acked) this.#count(this.#shards.numbers[lane] as number, settled, 0);
    }
  }

  #resent(request: PutRequest, from: number, to: number, doubt: boolean): void {
    const { events } = this.#context;
    request.eachFleet(from, to, (fleet, slots) => events.resent(fleet, slots, slots.length, doubt));
  }

  #reject(batch: EventBatch, i: number, lane: number, reason: string, atUs: Micros): void {
    this.#slot[0] = batch.slots[i] as number;
    this.#sentAtUs[0] = atUs;
    this.#context.events.settled(batch.fleet, this.#slot, this.#sentAtUs, 1, Outcome.rejected, reason, atUs);
    this.#rooms.giveBack(lane, 1);
  }

  #count(shard: number, stored: number, refused: number): void {
    if (shard >= 0) this.#context.events.partition?.(shard, stored, refused);
  }

  #idOf(lane: number): string {
    return this.#shards.ids[lane] ?? 'a shard';
  }

  #nameOf(shard: string): string {
    if (this.#named.size < MAX_NAMED) this.#named.add(shard);
    return this.#named.has(shard) ? shard : 'other shards';
  }
}

/** Why the service would refuse a whole request for the sake of this event. */
function problemOf({ bytes, starts, identities, payloads, ends }: EventBatch, i: number): string | null {
  const [start, keyEnd] = [starts[i] as number, identities[i] as number];
  const key = keyEnd - start;
  if ((ends[i] as number) - (payloads[i] as number) + key > LARGEST_RECORD) return TOO_LARGE;
  if (key === 0) return 'no key';
  if (key > LONGEST_KEY && Buffer.from(bytes.subarray(start, keyEnd)).toString().length > LONGEST_KEY)
    return 'key too long';
  return null;
}
