import type { Micros } from '../../core/clock.ts';
import type { CompressionName } from '../../wire/kafka/compression.ts';
import { ErrorCode, errorWords } from '../../wire/kafka/error-codes.ts';
import type { FetchedPartition } from '../../wire/kafka/fetch.ts';
import type { RecordBatchReader } from '../../wire/kafka/record-batch-reader.ts';
import type { RecordDelivery } from './record-delivery.ts';

/**
 * What a partition needs before it can be asked for more: nothing (`fetch`), its leader to be looked up (`leader`), the bounds of its log
 * (`bounds`), a codec to be loaded (`codec`), or a pause before the same is asked for again (`again`).
 */
export type ReadingNeed = 'fetch' | 'leader' | 'bounds' | 'codec' | 'again';

/** A place at which one leader's records end and those of a later one begin, as they were read. */
export interface LeaderSeam {
  partition: number;
  /** The term of the earlier leader. */
  epoch: number;
  /** Offset behind its last record. */
  at: number;
}

/** Seams of a partition that are kept. */
const MAX_SEAMS = 100;

/** What the readings of a source share, and whom they tell. */
export interface ReadingTools {
  topic: string;
  reader: RecordBatchReader;
  delivery: RecordDelivery;
  /** Records may pass unseen; told once for each text. */
  gap(detail: string): void;
  /** Something that is no gap; told once for each text. */
  notice(detail: string): void;
  /** There are offsets without a record: compaction has taken it, or the broker has lost it. */
  hole(partition: number, from: number, to: number): void;
}

/** How far one partition was read, and what the answers about it mean. Pure: answers in, batches of records out. */
export class PartitionReading {
  readonly partition: number;
  /** Offset of the first record that was wanted, in this run. */
  readonly from: number;
  readonly #tools: ReadingTools;
  #position: number;
  #readable = 0;
  #behind = false;
  /** Offset of a batch whose checksum was wrong the last time; −1 for none. */
  #suspect = -1;
  #codec: CompressionName = 'none';
  #refusal: number = ErrorCode.none;
  #answered = false;
  #epoch = -1;
  #broker = -1;
  #moved = false;
  #leftOut = 0;
  readonly #seams: LeaderSeam[] = [];

  /** `position` is the offset of the first record that is wanted; an earlier reader has read those from `from` on. */
  constructor(partition: number, from: number, position: number, tools: ReadingTools) {
    this.partition = partition;
    this.from = from;
    this.#position = position;
    this.#tools = tools;
  }

  /** Offset of the next record that was not delivered. */
  get position(): number {
    return this.#position;
  }

  /** Records that are no message: marks of the broker's, and what transactions have taken back. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The broker had more for us at the last answer than it gave us. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Up to where the log could be read at the last answer. */
  get readable(): number {
    return this.#readable;
  }

  /** There was an answer about it, whatever it said. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The error code with which we were last refused for a reason that does not pass; 0 for none. */
  get refusal(): number {
    return this.#refusal;
  }

  /** The codec that is needed. */
  get codec(): CompressionName {
    return this.#codec;
  }

  /**
   * Where leaders changed, the end of what was read as the last place; empty where they never did. If a leader's records end before that now, they were cut back after we
   * had read them, and others stand at offsets that we have passed.
   */
  get seams(): LeaderSeam[] {
    const { partition } = this;
    if (this.#epoch < 0 || !(this.#moved || this.#seams.length > 0)) return [];
    return [...this.#seams, { partition, epoch: this.#epoch, at: this.#position }];
  }

  /** It is read at this broker from now on. */
  readAt(broker: number): void {
    this.#moved ||= this.#broker >= 0 && broker !== this.#broker;
    this.#broker = broker;
  }

  /** Delivers the records of an answer. What `frame` holds is not touched afterwards. */
  take(frame: Uint8Array, answer: FetchedPartition, committed: boolean, atUs: Micros): ReadingNeed {
    this.#behind = false;
    this.#answered = true;
    switch (answer.errorCode) {
      case ErrorCode.none:
        break;
      case ErrorCode.offsetOutOfRange:
        return 'bounds';
      default:
        if (!isPassing(answer.errorCode)) {
          this.#refusal = answer.errorCode;
          this.#tools.notice(`${this.#name} cannot be read: ${errorWords(answer.errorCode)}`);
        }
        return 'leader';
    }
    this.#beginsAt(answer.logStart);
    const before = this.#position;
    const need = this.#read(frame, answer, committed, atUs);
    this.#readable = committed ? answer.lastStable : answer.highWatermark;
    this.#behind = this.#position > before && this.#position < this.#readable;
    return need;
  }

  /** Takes the bounds of the log, where the position was outside. */
  bounded(start: number, end: number): void {
    this.#beginsAt(start);
    if (this.#position <= end) return;
    // A leader that had not got everything was elected, or somebody made the topic anew.
    this.#tools.gap(`${this.#name} was cut back from offset ${this.#position} to ${end}`);
    this.#position = end;
  }

  #ledBy(epoch: number, at: number): void {
    const changed = this.#epoch >= 0 && epoch !== this.#epoch;
    if (changed && this.#seams.length < MAX_SEAMS)
      this.#seams.push({ partition: this.partition, epoch: this.#epoch, at });
    this.#epoch = epoch;
  }

  #beginsAt(logStart: number): void {
    if (logStart <= this.#position) return;
    const last = logStart - 1;
    this.#tools.gap(
      `${this.#name}: offsets ${this.#position} to ${last} were deleted before they were read (retention)`,
    );
    this.#position = logStart;
  }

  #read(frame: Uint8Array, { start, end, aborted }: FetchedPartition, committed: boolean, atUs: Micros): ReadingNeed {
    const { reader, delivery } = this.#tools;
    const from = this.#position;
    reader.open(frame, start, end, from, committed ? aborted : []);
    let need: ReadingNeed | null = null;
    while (need === null) {
      const stop = reader.read(delivery.places);
      delivery.flush(this.partition, atUs);
      this.#position = reader.position;
      switch (stop) {
        case 'more':
          break;
        case 'end':
          need = 'fetch';
          break;
        case 'codec':
          this.#codec = reader.codec;
          need = 'codec';
          break;
        case 'checksum':
          if (!this.#isStillWrong()) need = 'again';
          break;
        case 'records':
        case 'old':
          this.#passOver(stop);
          break;
        case 'malformed':
          this.#tools.gap(`${this.#name}: what follows offset ${this.#position} is no record batch`);
          need = 'again';
      }
    }
    for (const [epoch, at] of reader.epochs) this.#ledBy(epoch, at);
    this.#leftOut += reader.leftOut;
    for (const [first, behind] of reader.holes) this.#tools.hole(this.partition, first, behind);
    this.#settleSuspicion();
    reader.close();
    return need;
  }

  /** A batch with a wrong checksum is asked for once more; if it is the same again, it lies so in the log, and is read as it is. */
  #isStillWrong(): boolean {
    const { baseOffset, lastOffset } = this.#tools.reader.batch;
    if (this.#suspect !== baseOffset) {
      this.#suspect = baseOffset;
      return false;
    }
    this.#suspect = -1;
    this.#tools.gap(`${this.#name}: the batch of offsets ${baseOffset} to ${lastOffset} does not match its checksum`);
    return true;
  }

  #settleSuspicion(): void {
    if (this.#suspect < 0 || this.#position <= this.#suspect) return;
    this.#tools.notice(`${this.#name}: a batch did not match its checksum and was whole when it was read again`);
    this.#suspect = -1;
  }

  #passOver(why: 'records' | 'old'): void {
    const { reader } = this.#tools;
    const { baseOffset, lastOffset } = reader.batch;
    this.#tools.gap(
      why === 'old'
        ? `${this.#name} holds messages in the format of before Kafka 0.11, which are not read (message.format.version)`
        : `${this.#name}: the records of offsets ${baseOffset} to ${lastOffset} cannot be read`,
    );
    reader.skip();
    this.#position = reader.position;
  }

  get #name(): string {
    return `partition ${this.partition} of ${this.#tools.topic}`;
  }
}

/** Errors that a change of leaders brings, and ends. */
function isPassing(code: number): boolean {
  return passing.has(code);
}

const passing = new Set<number>([
  ErrorCode.unknownTopicOrPartition,
  ErrorCode.leaderNotAvailable,
  ErrorCode.notLeaderOrFollower,
  // Replica not available; the epochs of leaders; an offset that a new leader does not know yet; a topic made anew.
  9,
  74,
  75,
  78,
  100,
  103,
]);
