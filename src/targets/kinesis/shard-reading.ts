import type { Micros } from '../../core/clock.ts';
import type { CallFailure, ShardStart } from './calls.ts';
import { shardNumber } from './shard-number.ts';

/**
 * A shard allows five reads a second, of everybody together. One of them is left to others, so that whoever comes later is answered at all;
 * and where others read, each takes its share: a read that was too much halves it, and it grows alike for all as time goes by.
 */
const MOST_READS = 4;
const FEWEST_READS = 0.2;
const LOSS = 0.5;
const GAIN_PER_SECOND = 0.02;
const SPACING_US = 1_000_000 / MOST_READS;
/** … and so many bytes a second: after a larger answer it refuses reads until they are paid off. */
const READ_BYTES_PER_SECOND = 2 * 1024 * 1024;
/** Limit of the pause after a first failure; it doubles with each further one, up to the longest. */
const FIRST_PAUSE_US = 200_000;
const LONGEST_PAUSE_US = 5_000_000;

/** Where a shard is begun, and where it is found again as long as nothing of it was read. */
export interface ShardBeginning {
  first: ShardStart;
  again: Exclude<ShardStart, { at: 'end' }>;
}

/** The next call about a shard. */
export type ShardStep = { call: 'iterator'; start: ShardStart } | { call: 'read'; iterator: string };

/** What an answer to a read says besides its records. */
export interface ShardAnswer {
  /** Records in it, aggregated ones as one. */
  count: number;
  /** Sequence number of the last of them; empty where there is none. */
  lastSequence: string;
  /** null: the shard has ended, and everything in it was read. */
  nextIterator: string | null;
  /** How far its last record is from the newest one, in ms. */
  behindMs: number;
  /** Bytes of its records, as the service counts them. */
  bytes: number;
}

/**
 * How far one shard was read, what is asked next and when. Pure: answers and failures in, steps out. At most one call is under way,
 * between `begin` and one of `located`, `answered` and `failed`.
 */
export class ShardReading {
  readonly id: string;
  /** The one in its id; -1 where there is none. */
  readonly number: number;
  readonly parents: readonly string[];
  readonly beginning: ShardBeginning;
  readonly #pollUs: Micros;
  #phase: 'reading' | 'done' | 'gone' = 'reading';
  #iterator: string | null = null;
  #placed = false;
  #sequence: string;
  #askedUs = Number.NEGATIVE_INFINITY;
  #dueUs = Number.NEGATIVE_INFINITY;
  #provenUs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #throttled = false;
  /** A second, and since when. */
  #reads = MOST_READS;
  #readsUs = Number.POSITIVE_INFINITY;
  #behindMs = 0;
  #answered = false;

  /** `pollUs` is the time from one read to the next where nothing is waiting; `sequence` the last one that an earlier reader has read, or empty. */
  constructor(
    shard: { id: string; parents: readonly string[] },
    beginning: ShardBeginning,
    pollUs: Micros,
    sequence = '',
  ) {
    this.id = shard.id;
    this.number = shardNumber(shard.id);
    this.parents = shard.parents;
    this.beginning = beginning;
    this.#pollUs = Math.max(pollUs, SPACING_US);
    this.#sequence = sequence;
  }

  /** A shard of which nothing is wanted, or nothing more. */
  static ended(shard: { id: string; parents: readonly string[] }): ShardReading {
    const nothing = { first: { at: 'start' }, again: { at: 'start' } } as const;
    const reading = new ShardReading(shard, nothing, 0);
    reading.#phase = 'done';
    return reading;
  }

  /** Everything in it was delivered, and nothing can be added. */
  get done(): boolean {
    return this.#phase === 'done';
  }

  /** It was taken away before it was read to its end. */
  get gone(): boolean {
    return this.#phase === 'gone';
  }

  /** Sequence number of the last record that was delivered; empty where there is none. */
  get sequence(): string {
    return this.#sequence;
  }

  /** Earliest instant of the next call. */
  get dueUs(): Micros {
    return this.#dueUs;
  }

  /** Everything that could be read at this instant was delivered: a read that was begun then found nothing, at the tip. */
  get provenUs(): Micros {
    return this.#provenUs;
  }

  /** How far behind the newest record it is, ms. */
  get behindMs(): number {
    return this.#behindMs;
  }

  /** A read was answered. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The next call, which is under way from now on. */
  begin(nowUs: Micros): ShardStep {
    this.#askedUs = nowUs;
    if (this.#iterator !== null) return { call: 'read', iterator: this.#iterator };
    return { call: 'iterator', start: this.#start() };
  }

  located(iterator: string): void {
    this.#placed = true;
    this.#iterator = iterator;
    this.#failures = 0;
    this.#dueUs = Number.NEGATIVE_INFINITY;
  }

  /** Takes what an answer says; its records were delivered. */
  take({ count, lastSequence, nextIterator, behindMs, bytes }: ShardAnswer): void {
    this.#answered = true;
    this.#failures = 0;
    this.#behindMs = behindMs;
    this.#iterator = nextIterator;
    if (lastSequence !== '') this.#sequence = lastSequence;
    if (nextIterator === null) {
      this.#phase = 'done';
      return;
    }
    if (count === 0 && behindMs === 0) this.#provenUs = this.#askedUs;
    const paidUs = this.#throttled ? Math.ceil((bytes * 1_000_000) / READ_BYTES_PER_SECOND) : 0;
    const seconds = Math.max(0, this.#askedUs - this.#readsUs) / 1_000_000;
    this.#reads = Math.min(MOST_READS, this.#reads + seconds * GAIN_PER_SECOND);
    this.#readsUs = this.#askedUs;
    const spacingUs = Math.ceil(1_000_000 / this.#reads);
    this.#dueUs = this.#askedUs + Math.max(spacingUs, behindMs > 0 ? SPACING_US : this.#pollUs, paidUs);
  }

  /** The call came to nothing. `random` is uniform in [0, 1). */
  failed(failure: CallFailure, nowUs: Micros, random: number): void {
    if (failure === 'expired-iterator') this.#iterator = null;
    let limitUs = Math.min(LONGEST_PAUSE_US, FIRST_PAUSE_US * 2 ** Math.min(this.#failures++, 8));
    if (failure === 'throttled') {
      this.#throttled = true;
      this.#reads = Math.max(FEWEST_READS, this.#reads * LOSS);
      this.#readsUs = nowUs;
      limitUs = Math.min(LONGEST_PAUSE_US, 1_000_000 / this.#reads);
    }
    this.#dueUs = Math.max(this.#askedUs + SPACING_US, nowUs + Math.floor(random * limitUs));
  }

  /** Nobody has it any more. */
  vanished(): void {
    this.#phase = 'gone';
  }

  /** A newest record read before has a number; LATEST is for the first time only, for what came since would be passed over. */
  #start(): ShardStart {
    if (this.#sequence !== '') return { at: 'after', sequence: this.#sequence };
    return this.#placed ? this.beginning.again : this.beginning.first;
  }
}
