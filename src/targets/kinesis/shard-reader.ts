import type { Micros } from '../../core/clock.ts';
import { ReadingReport } from '../reading-report.ts';
import { ReadingWait } from '../reading-wait.ts';
import type { Source, SourceContext, SourceHealth } from '../target.ts';
import { CallError, type CallFailure, type KinesisCalls, type ShardInfo, type StreamSummary } from './calls.ts';
import { ShardDelivery } from './shard-delivery.ts';
import { ShardLineage } from './shard-lineage.ts';
import { beginningOf, markOf, type ReadingMark, type ReadingMarks } from './shard-marks.ts';
import { ShardReading } from './shard-reading.ts';
import { ShardRounds } from './shard-rounds.ts';

/** Pause between two looks for a stream, or for the shards that took the place of others; it doubles up to the longest. */
const LOOK_MS = 250;
const LONGEST_LOOK_MS = 1_000;
/** Time that every shard has to answer, while a source opens. */
const OPENING_US = 30_000_000;
/** What was acknowledged can be read after less than a second, says the service; before, an answer without it proves nothing. */
const SETTLED_US = 1_000_000;
/** An answer holds 10 MiB at most; one with so much would have had more. */
const FULL_BYTES = 9 * 1024 * 1024;
/** Shards that notices name; what the others do is told together. */
const MAX_NAMED = 64;

export interface ShardReaderOptions {
  stream: string;
  pollUs: Micros;
  /** Records of a read. */
  limit: number;
}

/** How far a reader is, for the next one. */
interface ShardPositions {
  /** When the stream was made, ms since 1970. */
  createdMs: number;
  /** When this was so, ms since 1970. */
  atMs: number;
  shards: ReadingMarks;
  /** What it cannot vouch for, nor can the next one. */
  gaps: readonly string[];
}

/** Reads every shard of a stream from its end at first, or, of one that came from others, from its beginning. */
export class ShardReader implements Source {
  readonly #calls: KinesisCalls;
  readonly #options: ShardReaderOptions;
  readonly #context: SourceContext;
  readonly #report: ReadingReport;
  readonly #delivery: ShardDelivery;
  readonly #rounds: ShardRounds;
  readonly #named = new Set<string>();
  #lineage = new ShardLineage();
  /** The stream as it was when it was first seen; null before. */
  #stream: StreamSummary | null = null;
  /** Where shards begin that are met for the first time. */
  #make: (shard: ShardInfo) => ShardReading;
  #resumed: ShardPositions | null;
  #refusal: CallError | null = null;
  #fullReads = 0;
  #looks = 0;
  #looking: Promise<void> | null = null;
  #cancelLook: (() => void) | null = null;
  #closed = false;
  readonly #wait: ReadingWait;

  constructor(calls: KinesisCalls, options: ShardReaderOptions, context: SourceContext) {
    const { clock, events, random } = context;
    this.#wait = new ReadingWait(clock);
    this.#calls = calls;
    this.#options = options;
    this.#context = context;
    this.#resumed = (context.resumeFrom ?? null) as ShardPositions | null;
    this.#make = (shard) => this.#fromStart(shard);
    this.#report = new ReadingReport((detail) => {
      if (!this.#closed) events.notice('warning', detail, 1);
    });
    this.#delivery = new ShardDelivery((batch) => {
      if (!this.#closed) events.delivered(batch);
    });
    this.#rounds = new ShardRounds(calls, options.limit, clock, random, {
      read: (reading, body) => this.#take(reading, body),
      failed: (reading, error) => this.#failed(reading, error),
    });
  }

  /**
   * Resolves when every shard that is read has answered, or when there is no stream yet.
   * @throws CallError where we may not read, and where nobody answers
   */
  async open(): Promise<void> {
    const deadlineUs = this.#context.clock.nowUs() + OPENING_US;
    for (const gap of this.#resumed?.gaps ?? []) this.#report.gap(gap);
    for (;;) {
      try {
        await this.#look(true);
        break;
      } catch (error) {
        const passing = error instanceof CallError && error.failure === 'throttled';
        if (!passing || this.#context.clock.nowUs() > deadlineUs) throw error;
        await this.#pause(LOOK_MS);
      }
    }
    if (this.#stream === null) return this.#lookLater();
    const open = (): ShardReading[] => this.#rounds.all().filter(({ answered }) => !answered);
    await this.#wait.until(() => open().length === 0 || this.#refusal !== null, deadlineUs);
    if (this.#refusal !== null) throw this.#refusal;
    if (open().length > 0) throw new CallError('ambiguous', 'timeout', '', null);
  }

  health(): SourceHealth {
    const { gaps, gapNames } = this.#report;
    return { gaps, gapNames, fullReads: this.#fullReads, brokerDropped: null };
  }

  positions(): ShardPositions | null {
    if (this.#stream === null) return this.#resumed;
    const shards: ReadingMarks = {};
    for (const reading of this.#lineage) shards[reading.id] = markOf(reading);
    const atMs = Math.floor(this.#context.clock.wallUs() / 1000);
    return { createdMs: this.#stream.createdMs, atMs, shards, gaps: this.#report.gapNames };
  }

  partitions(): number[] {
    return [...this.#lineage]
      .filter(({ number, done, gone }) => number >= 0 && !done && !gone)
      .map(({ number }) => number);
  }

  /** Absence is proof when a read of every shard that was begun well after the last outcome found nothing more, and nothing on the way was missed. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { clock } = this.#context;
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    const sinceUs = clock.nowUs() + SETTLED_US;
    let looked = false;
    void this.#lookUntil(deadlineUs).then((seen) => {
      looked = seen;
      this.#wait.answered();
    });
    const open = (): ShardReading[] => this.#lineage.openSince(sinceUs);
    const ended = (): boolean => looked && open().length === 0 && !this.#lineage.hasUnknownHeirs;
    await this.#wait.until(ended, deadlineUs);
    for (const { id, behindMs } of open()) {
      const behind = behindMs > 0 ? `, ${Math.ceil(behindMs / 1000)} s behind its newest record` : '';
      this.#report.tell(`shard ${id} was not read to its end: there was no time for it${behind}`);
    }
    return { complete: ended() && this.#report.gaps === 0 };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelLook?.();
    this.#rounds.clear();
    this.#wait.close();
    this.#calls.close();
  }

  #take(reading: ShardReading, body: Uint8Array): void {
    const answer = this.#delivery.deliver(reading.number, body, this.#context.clock.nowUs());
    this.#looks = 0;
    if (answer.behindMs > 0 && (answer.count >= this.#options.limit || answer.bytes >= FULL_BYTES)) this.#fullReads++;
    this.#checkRetention(reading, answer.behindMs);
    reading.take(answer);
    if (reading.done) {
      this.#start();
      this.#lookLater(0);
    }
    this.#wait.answered();
  }

  /** A reader that is as far behind as records are kept loses them unread. */
  #checkRetention(reading: ShardReading, behindMs: number): void {
    const { retentionHours } = this.#stream as StreamSummary;
    if (reading.sequence === '' || behindMs < retentionHours * 3_600_000) return;
    this.#report.gap(
      `records of shard ${reading.id} were deleted before they were read (kept for ${retentionHours} h)`,
    );
  }

  #failed(reading: ShardReading, error: unknown): CallFailure {
    if (!(error instanceof CallError)) {
      this.#report.tell(`shard ${reading.id}: an answer could not be read`);
      return 'ambiguous';
    }
    const { failure, reason } = error;
    const { events } = this.#context;
    if (failure === 'throttled') events.notice('throttled', `${this.#nameOf(reading)} (reader)`, 1);
    else if (failure === 'ambiguous') events.notice('disconnected', `${reason} (reader)`, 1);
    else if (failure === 'refused') {
      this.#refusal = error;
      this.#report.tell(`${this.#options.stream} cannot be read: ${error.message}`);
    }
    if (failure === 'refused' || failure === 'missing') this.#lookLater();
    this.#wait.answered();
    return failure;
  }

  #nameOf({ id }: ShardReading): string {
    if (this.#named.size < MAX_NAMED) this.#named.add(id);
    return this.#named.has(id) ? id : 'other shards';
  }

  #lookLater(pauseMs = Math.min(LONGEST_LOOK_MS, LOOK_MS * 2 ** Math.min(this.#looks++, 8))): void {
    if (this.#closed || (this.#cancelLook !== null && pauseMs > 0)) return;
    this.#cancelLook?.();
    this.#cancelLook = this.#context.clock.after(pauseMs, () => {
      this.#cancelLook = null;
      void this.#look().then(
        () => {
          if (this.#stream === null || this.#lineage.hasUnknownHeirs) this.#lookLater();
        },
        // Whatever it is may pass; what was lost with it is found out by the next look.
        () => this.#lookLater(),
      );
    });
  }

  /** Looks, beginning now at the earliest, until that comes to something; whether the stream is there. */
  async #lookUntil(deadlineUs: Micros): Promise<boolean> {
    const { clock } = this.#context;
    while (!this.#closed && clock.nowUs() < deadlineUs) {
      await this.#looking?.catch(() => {});
      try {
        await this.#look();
        if (this.#stream !== null) return true;
      } catch {
        // Tried again while there is time.
      }
      await this.#pause(LOOK_MS);
    }
    return false;
  }

  /** Sees which shards there are, one look at a time. */
  #look(opening = false): Promise<void> {
    this.#looking ??= this.#lookOnce(opening).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookOnce(opening: boolean): Promise<void> {
    const { stream } = this.#options;
    const summary = await this.#calls.describe();
    if (this.#closed) return;
    if (summary === null || summary.status === 'CREATING' || summary.status === 'DELETING') {
      if (this.#stream !== null) this.#report.gap(`stream ${stream} is not there any more`);
      return;
    }
    const listed = await this.#calls.shards();
    if (this.#closed) return;
    if (this.#stream === null) this.#meet(summary, opening);
    else if (summary.createdMs !== this.#stream.createdMs) this.#madeAgain();
    this.#stream = summary;
    for (const reading of this.#lineage.learn(listed, this.#make)) {
      this.#report.gap(`shard ${reading.id} of ${stream} went before it was read to its end`);
      reading.vanished();
    }
    this.#make = (shard) => this.#fromStart(shard);
    this.#start();
    this.#wait.answered();
  }

  /** The stream is seen for the first time: where does reading begin? */
  #meet(summary: StreamSummary, opening: boolean): void {
    const { clock, fromStart } = this.#context;
    const resumed = this.#resumed;
    if (resumed !== null) {
      if (resumed.createdMs !== summary.createdMs) this.#toldMadeAgain();
      else {
        if (clock.wallUs() / 1000 - resumed.atMs >= summary.retentionHours * 3_600_000) {
          this.#report.gap(
            `records may have been deleted before they were read (kept for ${summary.retentionHours} h)`,
          );
        }
        const { shards } = resumed;
        this.#make = (shard) => this.#resume(shard, shards[shard.id]);
      }
    } else if (opening && fromStart !== true) this.#make = (shard) => this.#fromEnd(shard);
  }

  #madeAgain(): void {
    this.#toldMadeAgain();
    this.#lineage = new ShardLineage();
    this.#rounds.clear();
  }

  #toldMadeAgain(): void {
    this.#report.gap(`stream ${this.#options.stream} was deleted and made again`);
  }

  #start(): void {
    for (const reading of this.#lineage.startable()) this.#rounds.add(reading);
  }

  #fromStart(shard: ShardInfo): ShardReading {
    return new ShardReading(shard, { first: { at: 'start' }, again: { at: 'start' } }, this.#options.pollUs);
  }

  /** What has ended before holds nothing of what comes. */
  #fromEnd(shard: ShardInfo): ShardReading {
    if (!shard.open) return ShardReading.ended(shard);
    return new ShardReading(shard, beginningOf(this.#context.clock), this.#options.pollUs);
  }

  #resume(shard: ShardInfo, mark: ReadingMark | undefined): ShardReading {
    if (mark === undefined) return this.#fromStart(shard);
    if (mark === true) return ShardReading.ended(shard);
    const again = typeof mark === 'number' ? ({ at: 'time', wallMs: mark } as const) : ({ at: 'start' } as const);
    const sequence = typeof mark === 'string' ? mark : '';
    return new ShardReading(shard, { first: again, again }, this.#options.pollUs, sequence);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve));
  }
}
