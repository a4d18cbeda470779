import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { createEventBatch, type EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { CompressionCodec } from '../../wire/kafka/compression.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { partitionOf } from '../../wire/kafka/murmur2.ts';
import { ProduceHead } from '../../wire/kafka/produce.ts';
import { ConnectionNotices } from '../connection-notices.ts';
import { LaneRooms, Shut } from '../lane-rooms.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { Sink, SinkContext } from '../target.ts';
import { BatchPool } from './batch-pool.ts';
import { BrokerLink, type LinkSettings } from './broker-link.ts';
import type { BrokerAddress, ClusterMetadata, KafkaCluster, PartitionState } from './cluster.ts';
import { Leaders } from './leaders.ts';
import type { KafkaOptions } from './options.ts';
import { reportOutcome, reportResent } from './outcome-report.ts';
import { PartitionQueue, type QueueSettings } from './partition-queue.ts';
import { POOL_BYTES } from './pool-bytes.ts';
import { ProducerIdentities } from './producer-identities.ts';
import { missingTopic } from './topic.ts';

/** Events that a lane may hold, whatever their size. */
const WINDOW = 65_536;
/** Longest event that can be made again, when a batch was too large for the broker. */
const REMAKE_BYTES = 1024 * 1024;
/** An idempotent request may be repeated, so it is not waited for until the end. */
const ATTEMPTS = 3;
/** Pause between two looks at what still has to be flushed. */
const FLUSH_POLL_MS = 1;

export type ProduceOptions = Pick<
  KafkaOptions,
  'endpoint' | 'acks' | 'idempotent' | 'lingerUs' | 'batchBytes' | 'maxInFlight' | 'timeoutUs'
>;

/** What a sink works with besides its options. */
export interface ProduceParts {
  cluster: KafkaCluster;
  topic: string;
  clientId: string;
  /** null: not compressed. */
  codec: CompressionCodec | null;
  crc: Crc32c;
  /** One of several sinks of a worker: where its lanes have their room, and its share of the memory. Absent: the only one. */
  among?: { room: Int32Array; share: number };
}

/**
 * A sink on a cluster that is open, which it closes. Resolves when all leaders of the topic's partitions are connected.
 * @throws IotloadError `target-unreachable`, `target-refused`; the cluster is closed then
 */
export async function openProduceSink(
  parts: ProduceParts,
  options: ProduceOptions,
  context: SinkContext,
): Promise<Sink> {
  let sink: ProduceSink | null = null;
  try {
    const metadata = await parts.cluster.metadata([parts.topic]);
    const partitions = parts.among?.room.length ?? metadata.topics.get(parts.topic)?.length ?? 0;
    if (partitions === 0) throw missingTopic(parts.topic, options.endpoint);
    sink = new ProduceSink(parts, options, context, partitions);
    await sink.open(metadata);
    return sink;
  } catch (error) {
    await (sink === null ? parts.cluster.close() : sink.close());
    throw error;
  }
}

class ProduceSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly laneOf: (fleet: number, seat: number) => number;
  readonly #parts: ProduceParts;
  readonly #context: SinkContext;
  readonly #lingerUs: Micros;
  readonly #queueSettings: QueueSettings;
  readonly #linkSettings: LinkSettings;
  readonly #rooms: LaneRooms;
  readonly #pool = new BatchPool();
  readonly #queues: PartitionQueue[] = [];
  /** By partition; null while nobody leads it. */
  readonly #linkOf: (BrokerLink | null)[] = [];
  readonly #links = new Map<number, BrokerLink>();
  readonly #notices: ConnectionNotices;
  readonly #leaders: Leaders;
  readonly #identities: ProducerIdentities;
  readonly #mostBytes: number;
  readonly #laneBytes: number;
  readonly #again: EventBatch;
  readonly #cancelSweep: () => void;
  #open = false;
  #closing: Promise<void> | null = null;

  constructor(parts: ProduceParts, options: ProduceOptions, context: SinkContext, partitions: number) {
    const { clock, events, random } = context;
    const { cluster, topic, clientId, codec, crc } = parts;
    const { acks, idempotent, batchBytes, maxInFlight, lingerUs, timeoutUs } = options;
    this.#parts = parts;
    this.#context = context;
    this.#lingerUs = lingerUs;
    this.lanes = partitions;
    this.laneOf = seatLanes(partitions, partitionOf, context);
    this.#mostBytes = POOL_BYTES * (parts.among?.share ?? 1);
    this.#rooms = new LaneRooms(partitions, WINDOW, (lane) => events.drained(lane), parts.among?.room);
    this.room = this.#rooms.room;
    this.#laneBytes = Math.min((maxInFlight + 2) * batchBytes, Math.max(2 * batchBytes, this.#mostBytes / partitions));
    this.#again = createEventBatch(1, REMAKE_BYTES);
    this.#notices = new ConnectionNotices(clock, (kind, detail, count) => events.notice(kind, detail, count));
    this.#leaders = new Leaders(cluster, topic, clock, random, (metadata) => this.#learn(metadata));
    this.#identities = new ProducerIdentities(cluster, clock, random, ({ partition }) =>
      this.#linkOf[partition]?.pump(),
    );
    this.#queueSettings = { lingerUs, timeoutUs, batchBytes, acks, idempotent, codec, pool: this.#pool, random };
    const requestTimeoutUs = idempotent ? timeoutUs / ATTEMPTS : timeoutUs;
    this.#linkSettings = {
      clock,
      cluster,
      // The broker gives up first, and says so.
      head: new ProduceHead({ clientId, topic, acks, timeoutMs: Math.max(1, Math.floor(requestTimeoutUs / 1250)) }),
      crc,
      acks,
      maxInFlight,
      aheadUs: lingerUs / 2,
      requestTimeoutUs,
      notices: this.#notices,
      random,
      changed: (link) => this.#changed(link),
    };
    for (let partition = 0; partition < partitions; partition++) {
      this.#linkOf.push(null);
      this.#queues.push(this.#queue(partition));
      events.partition?.(partition, 0, 0);
    }
    this.#cancelSweep = clock.every(Math.max(5, Math.min(250, timeoutUs / 20_000)), () => this.#sweep());
  }

  /** Connects to every leader. */
  async open(metadata: ClusterMetadata): Promise<void> {
    const { events } = this.#context;
    for (const state of metadata.topics.get(this.#parts.topic) ?? []) this.#assign(state, metadata.brokers);
    const links = [...this.#links.values()];
    let up = 0;
    events.connections?.(up, links.length);
    await Promise.all(
      links.map(async (link) => {
        await link.open();
        events.connections?.(++up, links.length);
      }),
    );
    this.#open = true;
    if (!this.#queues.every(({ led }) => led)) this.#leaders.want();
  }

  send(batch: EventBatch, atUs: Micros): void {
    const queues = this.#queues;
    const timestamp = Math.floor(this.#context.clock.wallUs() / 1000);
    for (let i = 0; i < batch.count; i++) {
      const lane = this.laneOf(batch.fleet, batch.seats[i] as number);
      (queues[lane] as PartitionQueue).append(batch, i, atUs, timestamp);
    }
    this.#pump();
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    this.#queueSettings.lingerUs = 0;
    while (this.#queues.some(({ outstanding }) => outstanding > 0)) {
      if (clock.nowUs() >= deadlineUs) {
        for (const queue of this.#queues) queue.abandon('timeout');
        break;
      }
      this.#pump();
      await new Promise<void>((resolve) => {
        clock.after(FLUSH_POLL_MS, resolve);
      });
    }
    this.#queueSettings.lingerUs = this.#lingerUs;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  publish(address: string, payload: Uint8Array): Promise<void> {
    const { clock } = this.#context;
    const key = new TextEncoder().encode(address);
    const batch = createEventBatch(1, key.length + payload.length);
    batch.bytes.set(key);
    batch.bytes.set(payload, key.length);
    batch.count = 1;
    batch.identities[0] = key.length;
    batch.payloads[0] = key.length;
    batch.ends[0] = key.length + payload.length;
    const partition = key.length === 0 ? 0 : partitionOf(key, this.lanes);
    const queue = this.#queues[partition] as PartitionQueue;
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => {
        const { topic } = this.#parts;
        const message = `a record to partition ${partition} of topic ${topic} was not taken: ${reason}`;
        reject(new IotloadError('target-unreachable', message, { where: 'target.topic', value: topic }));
      };
      const onOutcome = (stored: boolean, reason: string): void => (stored ? resolve() : failed(reason));
      queue.appendAlone(batch, clock.nowUs(), Math.floor(clock.wallUs() / 1000), onOutcome);
      this.#linkOf[partition]?.pump();
    });
  }

  #queue(partition: number): PartitionQueue {
    const { events, clock, remake } = this.#context;
    return new PartitionQueue(partition, this.#queueSettings, {
      settled: ({ partition: lane }, batch, outcome, reason) => {
        reportOutcome(events, batch, outcome, reason, clock.nowUs());
        if (outcome === Outcome.acked || outcome === Outcome.noAck) events.partition?.(lane, batch.count, 0);
        this.#rooms.giveBack(lane, batch.count);
      },
      resent: (batch) => reportResent(events, batch),
      held: (queue) => this.#held(queue),
      wantsLeader: () => {
        this.#shutOrOpen(partition);
        this.#leaders.want();
      },
      wantsIdentity: (queue) => this.#identities.want(queue),
      shortened: () => this.#notices.add('warning', 'message too large: batches are halved'),
      remake: (fleet, slot) => {
        const again = this.#again;
        again.fleet = fleet;
        again.count = 0;
        again.end = 0;
        return remake(fleet, slot, again) ? again : null;
      },
    });
  }

  #pump(): void {
    for (const link of this.#links.values()) link.pump();
  }

  /** With a margin, so that rooms do not open and shut with every batch. */
  #held(queue: PartitionQueue): void {
    const { heldBytes } = queue;
    if (heldBytes >= this.#laneBytes) this.#rooms.set(queue.partition, Shut.full, true);
    else if (heldBytes < 0.75 * this.#laneBytes) this.#rooms.set(queue.partition, Shut.full, false);
    if (this.#pool.heldBytes >= this.#mostBytes) this.#rooms.setFull(true);
    else if (this.#pool.heldBytes < 0.9 * this.#mostBytes) this.#rooms.setFull(false);
  }

  /** A lane takes events while its leader is known and connected. */
  #shutOrOpen(partition: number): void {
    const { led } = this.#queues[partition] as PartitionQueue;
    this.#rooms.set(partition, Shut.down, !led || this.#linkOf[partition]?.up !== true);
  }

  #changed(link: BrokerLink): void {
    for (const [partition, its] of this.#linkOf.entries()) if (its === link) this.#shutOrOpen(partition);
    // A broker that does not come back has perhaps another leader in its place.
    if (!link.up) this.#leaders.want();
  }

  /** Whether every partition has a leader that can be reached. */
  #learn({ brokers, topics }: ClusterMetadata): boolean {
    const states = topics.get(this.#parts.topic) ?? [];
    for (const link of this.#links.values()) {
      const broker = brokers.find(({ id }) => id === link.brokerId);
      if (broker !== undefined) link.move(broker);
    }
    for (const state of states) if (state.partition < this.lanes) this.#assign(state, brokers);
    for (const [id, link] of this.#links) {
      if (!link.idle) continue;
      this.#links.delete(id);
      link.close();
    }
    this.#pump();
    return this.#queues.every(({ led }) => led);
  }

  #assign({ partition, leader }: PartitionState, brokers: readonly BrokerAddress[]): void {
    const queue = this.#queues[partition] as PartitionQueue;
    const before = this.#linkOf[partition] ?? null;
    const broker = brokers.find(({ id }) => id === leader);
    if (broker === undefined) queue.unlead();
    const link = broker === undefined ? null : this.#linkTo(broker);
    if (link !== before) {
      before?.remove(queue);
      this.#linkOf[partition] = link;
      link?.add(queue);
    }
    if (link !== null && (link !== before || !queue.led)) queue.lead();
    this.#shutOrOpen(partition);
  }

  #linkTo(broker: BrokerAddress): BrokerLink {
    const known = this.#links.get(broker.id);
    if (known !== undefined) return known;
    const link = new BrokerLink(broker, this.#linkSettings);
    this.#links.set(broker.id, link);
    if (this.#open) link.start();
    return link;
  }

  #sweep(): void {
    const nowUs = this.#context.clock.nowUs();
    for (const link of this.#links.values()) link.sweep(nowUs);
    for (const queue of this.#queues) queue.expire(nowUs);
    this.#pump();
  }

  async #close(): Promise<void> {
    this.#cancelSweep();
    this.#leaders.close();
    this.#identities.close();
    for (const queue of this.#queues) queue.abandon('closed');
    for (const link of this.#links.values()) link.close();
    this.#notices.flush();
    await this.#parts.cluster.close();
  }
}
