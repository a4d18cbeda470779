import type { Clock, Micros } from '../../core/clock.ts';
import { ErrorCode, errorWords } from '../../wire/kafka/error-codes.ts';
import { type FetchResponse, type FetchSettings, fetchFrame, readFetchResponse } from '../../wire/kafka/fetch.ts';
import type { BrokerAddress, KafkaCluster, KafkaConnection } from './cluster.ts';
import type { PartitionReading, ReadingNeed } from './partition-reading.ts';

/** A broker answers within the longest wait that we ask for, and this. */
const ANSWER_MS = 30_000;
/** A connection whose login ends is replaced so long before. */
const REPLACE_AHEAD_US = 5_000_000;
/** Pause before a broker is asked again that gave nothing, and yet did not wait for something to give. */
const FRUITLESS_MS = 100;

/** Whom the links of a source tell. */
export interface FetchLinkEvents {
  /** An answer was read; it was `behind` if the broker had more for us. */
  read(behind: boolean): void;
  /** A partition that is not asked for any more before somebody has seen to what it needs. */
  needs(reading: PartitionReading, need: Exclude<ReadingNeed, 'fetch'>): void;
  throttled(broker: BrokerAddress): void;
  /** The connection is gone, and with it these, which were asked for there. null: it was given up in good order. */
  ended(link: FetchLink, readings: readonly PartitionReading[], reason: string | null): void;
}

/** One connection to a broker, on which some of the partitions that it leads are asked for again and again, one request at a time. */
export class FetchLink {
  readonly broker: BrokerAddress;
  readonly #cluster: KafkaCluster;
  readonly #clock: Clock;
  readonly #settings: FetchSettings;
  readonly #events: FetchLinkEvents;
  #connection: KafkaConnection | null = null;
  /** In the order in which they are asked for. */
  #readings: PartitionReading[] = [];
  #correlationId = 0;
  #askedAtUs: Micros = 0;
  #everAnswered = false;
  #waiting = false;
  #over = false;
  #cancelTimer: () => void = () => {};

  constructor(
    broker: BrokerAddress,
    cluster: KafkaCluster,
    clock: Clock,
    settings: FetchSettings,
    events: FetchLinkEvents,
  ) {
    this.broker = broker;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#settings = settings;
    this.#events = events;
  }

  get partitions(): number {
    return this.#readings.length;
  }

  /** Connects; what was assigned is asked for from then on. Rejects as `KafkaCluster.connect` does. */
  async open(): Promise<void> {
    const connection = await this.#cluster.connect(this.broker, {
      answered: (frame) => this.#answered(frame),
      closed: (reason) => this.#end(reason),
    });
    if (this.#over) {
      connection.destroy();
      return;
    }
    this.#connection = connection;
    this.#ask();
  }

  assign(reading: PartitionReading): void {
    this.#readings.push(reading);
    this.#ask();
  }

  /** Closes it and returns what was asked for here. */
  close(): PartitionReading[] {
    this.#over = true;
    this.#cancelTimer();
    this.#connection?.destroy();
    this.#connection = null;
    const readings = this.#readings;
    this.#readings = [];
    return readings;
  }

  #ask(): void {
    const connection = this.#connection;
    if (connection === null || this.#waiting || this.#readings.length === 0) return;
    const { replaceByUs } = connection;
    if (replaceByUs !== null && this.#clock.nowUs() > replaceByUs - REPLACE_AHEAD_US) {
      this.#end(null);
      return;
    }
    this.#waiting = true;
    this.#correlationId = (this.#correlationId + 1) & 0x7fff_ffff;
    this.#askedAtUs = this.#clock.nowUs();
    // The first answer says whether we may read, so it is not waited for.
    const settings = this.#everAnswered ? this.#settings : { ...this.#settings, maxWaitMs: 0 };
    connection.write([fetchFrame(settings, this.#correlationId, this.#readings)]);
    const limitMs = this.#settings.maxWaitMs + ANSWER_MS;
    this.#cancelTimer = this.#clock.after(limitMs, () => this.#end(`no answer within ${limitMs / 1000} s`));
  }

  #answered(frame: Uint8Array): void {
    if (this.#over) return;
    this.#cancelTimer();
    const response = parsed(frame);
    if (response?.correlationId !== this.#correlationId) {
      this.#end('an answer to something else');
      return;
    }
    if (response.errorCode !== ErrorCode.none) {
      this.#end(errorWords(response.errorCode));
      return;
    }
    const pauseMs = this.#take(frame, response);
    if (this.#over) return;
    if (pauseMs > 0) {
      this.#cancelTimer = this.#clock.after(pauseMs, () => {
        this.#waiting = false;
        this.#ask();
      });
      return;
    }
    this.#waiting = false;
    this.#ask();
  }

  /** Returns how long the broker is to be left alone. */
  #take(frame: Uint8Array, response: FetchResponse): number {
    const atUs = this.#clock.nowUs();
    const early = atUs - this.#askedAtUs < (this.#settings.maxWaitMs * 1000) / 2;
    if (response.throttleMs > 0) this.#events.throttled(this.broker);
    let behind = false;
    let gained = 0;
    for (const answer of response.partitions) {
      const reading = this.#readings.find(({ partition }) => partition === answer.partition);
      if (reading === undefined) continue;
      const before = reading.position;
      const need = reading.take(frame, answer, this.#settings.committed, atUs);
      if (this.#over) return 0;
      gained += reading.position - before;
      behind ||= reading.behind;
      if (need === 'fetch') continue;
      this.#readings.splice(this.#readings.indexOf(reading), 1);
      this.#events.needs(reading, need);
    }
    // Whoever was served first is last the next time: a broker that has much may stop before the last.
    const first = this.#readings.shift();
    if (first !== undefined) this.#readings.push(first);
    this.#events.read(behind);
    if (!this.#everAnswered) {
      this.#everAnswered = true;
      return response.throttleMs;
    }
    return Math.max(response.throttleMs, early && gained === 0 ? FRUITLESS_MS : 0);
  }

  #end(reason: string | null): void {
    if (this.#over) return;
    this.#events.ended(this, this.close(), reason);
  }
}

function parsed(frame: Uint8Array): FetchResponse | null {
  try {
    return readFetchResponse(frame);
  } catch {
    // Whatever it is, it is no answer; the connection ends with it.
    return null;
  }
}
