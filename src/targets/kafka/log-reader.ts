import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { total } from '../../core/total.ts';
import { type CompressionCodec, type CompressionName, loadCodec } from '../../wire/kafka/compression.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { ErrorCode } from '../../wire/kafka/error-codes.ts';
import { Replica } from '../../wire/kafka/list-offsets.ts';
import { RecordBatchReader } from '../../wire/kafka/record-batch-reader.ts';
import type { StoredRange } from '../../wire/placed-arrivals.ts';
import { ReadingReport } from '../reading-report.ts';
import { ReadingWait } from '../reading-wait.ts';
import type { CountedAt, Source, SourceContext, SourceHealth } from '../target.ts';
import type { ClusterMetadata, KafkaCluster } from './cluster.ts';
import type { FetchLink } from './fetch-link.ts';
import { LogBounds, leaderless, leaderOf, refusedError } from './log-bounds.ts';
import { type CompactionQuestion, LogHoles } from './log-holes.ts';
import { PartitionReading, type ReadingNeed, type ReadingTools } from './partition-reading.ts';
import { ReadingLinks } from './reading-links.ts';
import { RecordDelivery } from './record-delivery.ts';
import { retryPauseMs } from './retry-pause.ts';

/** How long a broker waits for something to give, at most. */
const MAX_WAIT_MS = 500;
/** Bytes of one answer, and of one partition in it. */
const ANSWER_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
/** Pause between two looks for a topic that does not exist yet. */
const LOOK_MS = 200;
/** After so long without a change of leaders the next one is followed at once again. */
const QUIET_US = 5_000_000;
/** Time that partitions have to get a leader, while a source opens. */
const LEADERS_US = 10_000_000;

export interface LogReaderOptions {
  topic: string;
  clientId: string;
  /** Leaves out what was not committed. */
  committed: boolean;
  /** Connections to each leader. */
  readers: number;
  isCompacted: CompactionQuestion;
}

/** How far a reader is, for the next one. */
interface LogPositions {
  /** What was read of each partition, by its number: the offset of its first record, and that of its next. */
  partitions: Record<string, [from: number, next: number]>;
  /** What it cannot vouch for, nor can the next one. */
  gaps: readonly string[];
}

/** Reads every partition of a topic from where they end at first, or, of one that comes into being later, from the beginning. */
export class LogReader implements Source {
  readonly #cluster: KafkaCluster;
  readonly #options: LogReaderOptions;
  readonly #context: SourceContext;
  readonly #codecs = new Map<CompressionName, CompressionCodec>();
  readonly #report: ReadingReport;
  readonly #tools: ReadingTools;
  readonly #links: ReadingLinks;
  readonly #bounds: LogBounds;
  readonly #holes: LogHoles;
  readonly #readings = new Map<number, PartitionReading>();
  /** Those that nobody is asked for: their leader is to be found. */
  readonly #homeless = new Set<PartitionReading>();
  /** The topic has been seen: what is not there any more was taken away. */
  #seen = false;
  #fullReads = 0;
  /** Where the logs ended when that was asked last, and when it was. */
  #told: { ends: ReadonlyMap<number, number>; atUs: Micros } | null = null;
  #failures = 0;
  #lookedAtUs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #cancelLook: (() => void) | null = null;
  #closed: Promise<void> | undefined;
  readonly #wait: ReadingWait;

  /** `codec` is the one that is expected; others are loaded when they are met. */
  constructor(
    cluster: KafkaCluster,
    options: LogReaderOptions,
    crc: Crc32c,
    codec: CompressionCodec,
    context: SourceContext,
  ) {
    this.#codecs.set(codec.name, codec);
    this.#cluster = cluster;
    this.#options = options;
    this.#context = context;
    const { clock, events } = context;
    this.#wait = new ReadingWait(clock);
    const { topic, clientId, committed, readers } = options;
    this.#report = new ReadingReport((detail) => {
      if (this.#closed === undefined) events.notice('warning', detail, 1);
    });
    this.#tools = {
      topic,
      reader: new RecordBatchReader(crc, this.#codecs),
      delivery: new RecordDelivery((batch) => {
        if (this.#closed === undefined) events.delivered(batch);
      }),
      gap: (detail) => this.#report.gap(detail),
      notice: (detail) => void this.#report.tell(detail),
      hole: (partition, from, to) => this.#holes.add(partition, from, to),
    };
    this.#holes = new LogHoles({ ...this.#tools, isCompacted: options.isCompacted });
    this.#bounds = new LogBounds(cluster, clock, clientId, topic);
    const settings = {
      clientId,
      topic,
      committed,
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: ANSWER_BYTES,
      partitionBytes: PARTITION_BYTES,
    };
    this.#links = new ReadingLinks(cluster, clock, settings, readers, {
      read: (behind) => {
        if (behind) this.#fullReads++;
        this.#wait.answered();
      },
      needs: (reading, need) => void this.#serve(reading, need),
      throttled: ({ host, port }) => events.notice('throttled', `${host}:${port} (reader)`, 1),
      ended: (link, readings, reason) => this.#ended(link, readings, reason),
    });
  }

  /**
   * Resolves when every partition is read, or when there is no topic yet.
   * @throws IotloadError `target-refused` where we may not read, `target-unreachable` where a partition has no leader
   */
  async open(): Promise<void> {
    const { clock } = this.#context;
    const resumed = (this.#context.resumeFrom ?? null) as LogPositions | null;
    for (const [partition, [from, next]] of Object.entries(resumed?.partitions ?? {})) {
      this.#begin(Number(partition), from, next);
    }
    for (const gap of resumed?.gaps ?? []) this.#report.gap(gap);
    const deadlineUs = clock.nowUs() + LEADERS_US;
    for (;;) {
      const metadata = await this.#metadata();
      const partitions = metadata.topics.get(this.#options.topic);
      if (partitions === undefined) return this.#lookAfter(LOOK_MS);
      try {
        if (resumed === null) {
          for (const [partition, from] of await this.#firsts(metadata)) this.#begin(partition, from);
        } else for (const { partition } of partitions) if (!this.#readings.has(partition)) this.#begin(partition, 0);
        this.#seen = true;
        await this.#settle(metadata);
        if (this.#homeless.size === 0) break;
      } catch (error) {
        if (!isPassing(error) || clock.nowUs() > deadlineUs) throw error;
      }
      if (clock.nowUs() > deadlineUs) throw leaderless(this.#options.topic, [...this.#homeless][0]?.partition ?? 0);
      await this.#pause(LOOK_MS);
    }
    await this.#wait.until(() => [...this.#readings.values()].every(({ answered }) => answered), deadlineUs);
    const refused = [...this.#readings.values()].find(({ refusal }) => refusal !== ErrorCode.none);
    if (refused !== undefined) throw refusedError(this.#options.topic, refused.partition, refused.refusal);
  }

  /** Where reading begins: at the ends, so that older records are skipped, unless an earlier reader may have read some of the run's. */
  #firsts(metadata: ClusterMetadata): Promise<Map<number, number>> {
    const fromStart = this.#context.fromStart === true;
    return fromStart ? this.#bounds.starts(metadata) : this.#bounds.ends(metadata, Replica.consumer);
  }

  health(): SourceHealth {
    return {
      gaps: this.#report.gaps,
      gapNames: this.#report.gapNames,
      fullReads: this.#fullReads,
      brokerDropped: null,
    };
  }

  /** How far the logs grew, by their own ends; what was read and is no message is left out. */
  counted(): CountedAt | null {
    if (this.#told === null) return null;
    const { ends, atUs } = this.#told;
    const messages = total([...this.#readings.values()], ({ partition, from, position, leftOut }) => {
      return Math.max(position, ends.get(partition) ?? 0) - from - leftOut;
    });
    return { by: 'log end offsets', messages, readAll: true, atUs };
  }

  ranges(): StoredRange[] {
    const ranges = [...this.#readings.values()].map(({ partition, from, position: to }) => {
      const holes = [...this.#holes.of(partition)];
      return { partition, from, to, ...(holes.length === 0 ? {} : { holes }) };
    });
    return ranges.sort((a, b) => a.partition - b.partition);
  }

  partitions(): number[] {
    return [...this.#readings.keys()];
  }

  positions(): LogPositions {
    const partitions: LogPositions['partitions'] = {};
    for (const { partition, from, position } of this.#readings.values()) partitions[partition] = [from, position];
    return { partitions, gaps: this.#report.gapNames };
  }

  /** Absence is proof when every partition was read up to where it ended after the last outcome, whatever is in it, and nothing on the way was missed. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const deadlineUs = this.#context.clock.nowUs() + timeoutMs * 1000;
    const ends = await this.#ends(deadlineUs);
    if (ends === null) return { complete: false };
    this.#told = { ends, atUs: this.#context.clock.nowUs() };
    const open = (): [number, number][] =>
      [...ends].filter(([partition, end]) => (this.#readings.get(partition)?.position ?? 0) < end);
    await this.#wait.until(() => open().length === 0, deadlineUs);
    for (const [partition] of open()) {
      const reading = this.#readings.get(partition);
      const held = this.#options.committed && reading !== undefined && reading.position === reading.readable;
      const why = held ? 'an open transaction holds back what follows' : 'there was no time to read the rest';
      this.#report.tell(
        `partition ${partition} of ${this.#options.topic} was read up to offset ${reading?.position ?? 0}: ${why}`,
      );
    }
    await Promise.all([this.#holes.judged(), this.#checkSeams()]);
    return { complete: open().length === 0 && this.#report.gaps === 0 };
  }

  /** A log does not end before what was read of it, unless it was cut back. */
  #compare(partition: number, position: number, end: number = position): void {
    const name = `partition ${partition} of ${this.#options.topic}`;
    if (end < position) this.#report.gap(`${name} was cut back from offset ${position} to ${end}`);
  }

  /** Where leaders have changed: did what we had read stay? */
  async #checkSeams(): Promise<void> {
    const { topic } = this.#options;
    const seams = [...this.#readings.values()].flatMap((reading) => reading.seams);
    if (seams.length === 0) return;
    try {
      for (const { partition, at, end } of await this.#bounds.movedSeams(await this.#metadata(), seams)) {
        this.#report.gap(
          `partition ${partition} of ${topic} was cut back to offset ${end} after it had been read up to ${at}`,
        );
      }
    } catch {
      this.#report.gap(`leaders of ${topic} changed, and no broker says whether its log was cut back then`);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  async #shut(): Promise<void> {
    this.#cancelLook?.();
    this.#links.close();
    this.#wait.close();
    await this.#cluster.close();
  }

  #begin(partition: number, from: number, next = from): void {
    if (this.#readings.has(partition)) return;
    const reading = new PartitionReading(partition, from, next, this.#tools);
    this.#readings.set(partition, reading);
    this.#homeless.add(reading);
  }

  #metadata(): Promise<ClusterMetadata> {
    this.#lookedAtUs = this.#context.clock.nowUs();
    return this.#cluster.metadata([this.#options.topic]);
  }

  /** Brings those without a home to their leaders, as the metadata have them. */
  async #settle(metadata: ClusterMetadata): Promise<void> {
    const partitions = metadata.topics.get(this.#options.topic);
    for (const reading of this.#links.leave(metadata.brokers)) this.#homeless.add(reading);
    if (partitions === undefined) {
      if (this.#seen) this.#report.gap(`topic ${this.#options.topic} is not there any more`);
      return;
    }
    if (this.#seen && partitions.length > this.#readings.size) {
      this.#report.gap(
        `topic ${this.#options.topic} has got ${partitions.length - this.#readings.size} partitions more`,
      );
    }
    this.#seen = true;
    for (const { partition } of partitions) this.#begin(partition, 0);
    const assigned: Promise<void>[] = [];
    for (const reading of this.#homeless) {
      const leader = leaderOf(metadata, partitions, reading.partition);
      if (leader === undefined) continue;
      this.#homeless.delete(reading);
      reading.readAt(leader.id);
      assigned.push(this.#links.assign(reading, leader));
    }
    const results = await Promise.allSettled(assigned);
    this.#links.closeIdle();
    const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed !== undefined) throw failed.reason;
  }

  /** Looks for leaders, after a pause; at once if that was not done for a while. */
  #look(): void {
    const { clock, random } = this.#context;
    if (clock.nowUs() - this.#lookedAtUs > QUIET_US) this.#failures = 0;
    this.#lookAfter(this.#failures++ === 0 ? 0 : retryPauseMs(this.#failures - 2, random()));
  }

  #lookAfter(pauseMs: number): void {
    if (this.#closed !== undefined || this.#cancelLook !== null) return;
    this.#cancelLook = this.#context.clock.after(pauseMs, () => {
      this.#looking ??= this.#lookOnce().finally(() => {
        this.#looking = null;
        this.#cancelLook = null;
        if (!this.#seen) this.#lookAfter(LOOK_MS);
        else if (this.#homeless.size > 0) this.#look();
      });
    });
  }

  async #lookOnce(): Promise<void> {
    try {
      await this.#settle(await this.#metadata());
    } catch {
      // Whatever it is may pass; what was lost with it has been told, and the next look comes by itself.
    }
  }

  async #serve(reading: PartitionReading, need: Exclude<ReadingNeed, 'fetch'>): Promise<void> {
    try {
      if (need === 'codec') await this.#load(reading);
      else if (need === 'bounds') await this.#bound(reading);
      else if (need === 'again') await this.#pause(retryPauseMs(0, this.#context.random()));
    } catch {
      // The position is as it was; whoever is asked next says the same again.
    }
    if (this.#closed !== undefined) return;
    this.#homeless.add(reading);
    this.#look();
  }

  async #load({ codec }: PartitionReading): Promise<void> {
    try {
      this.#codecs.set(codec, await loadCodec(codec));
    } catch (error) {
      this.#report.gap(`topic ${this.#options.topic} has batches in ${codec}, which cannot be read here`);
      const refuse = (): never => {
        throw error;
      };
      this.#codecs.set(codec, { name: codec, id: -1, compress: refuse, decompress: refuse });
    }
  }

  async #bound(reading: PartitionReading): Promise<void> {
    const metadata = await this.#metadata();
    const [starts, ends] = await Promise.all([
      this.#bounds.starts(metadata),
      this.#bounds.ends(metadata, Replica.debugging),
    ]);
    const [start, end] = [starts.get(reading.partition), ends.get(reading.partition)];
    if (start !== undefined && end !== undefined) reading.bounded(start, end);
  }

  /** Where the log of each partition ends, records included that not all replicas have yet; null if nobody says so in time. */
  async #ends(deadlineUs: number): Promise<Map<number, number> | null> {
    const { clock } = this.#context;
    for (;;) {
      try {
        const metadata = await this.#metadata();
        await this.#settle(metadata);
        if (metadata.topics.has(this.#options.topic)) {
          const read = [...this.#readings.values()].map(({ partition, position }) => ({ partition, position }));
          const ends = await this.#bounds.ends(metadata, Replica.debugging);
          for (const { partition, position } of read) this.#compare(partition, position, ends.get(partition));
          return ends;
        }
      } catch {
        // Tried again while there is time.
      }
      if (this.#closed !== undefined || clock.nowUs() + LOOK_MS * 1000 > deadlineUs) return null;
      await this.#pause(LOOK_MS);
    }
  }

  #ended({ broker: { host, port } }: FetchLink, readings: readonly PartitionReading[], reason: string | null): void {
    if (this.#closed !== undefined) return;
    if (reason !== null) this.#context.events.notice('disconnected', `${host}:${port}: ${reason} (reader)`, 1);
    for (const reading of readings) this.#homeless.add(reading);
    this.#look();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve));
  }
}

/** Errors of a cluster that is not quite there yet. */
function isPassing(error: unknown): boolean {
  return error instanceof IotloadError && error.code === 'target-unreachable';
}
