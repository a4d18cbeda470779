import type { Clock, Micros } from '../../core/clock.ts';
import { FaultChooser } from '../fault-chooser.ts';
import { Stalls } from '../stalls.ts';
import type { BridgeCounts, BridgeFaultPlan, BridgePlan } from './bridge-plan.ts';
import { ruleResult } from './rule-result.ts';
import { clientOf, TopicRoutes } from './topic-routes.ts';

/** A message of MQTT. */
export interface BridgeMessage {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
  dup: boolean;
  /** Called once, in the order of arrival: Kafka has it, or it was dropped on purpose, and that stands in the log. */
  settled(): void;
}

/** A record for Kafka. */
export interface BridgeRecord {
  topic: string;
  key: string;
  value: Buffer | string;
  /** ms since 1970 UTC. */
  timestampMs: number;
}

/** Kinds of harm; the first that selects a message is done. */
export const harms = ['drop', 'double'] as const;
export type Harm = (typeof harms)[number];

/** What was done to one message. */
export interface HarmRecord {
  kind: Harm;
  /** Position among all messages that came, from 0. */
  ordinal: number;
  /** Topic of MQTT. */
  topic: string;
  /** Topic of Kafka. */
  to: string;
  key: string;
  /** As it came. */
  payload: Buffer;
}

export interface ForwarderSettings {
  clock: Clock;
  plan: Pick<BridgePlan, 'routes' | 'wrap' | 'key' | 'faults'>;
  /** Resolves when Kafka has all of them, in this order within a key; rejects where it never will. */
  send(records: readonly BridgeRecord[]): Promise<void>;
  /** Keeps what was done; false: there is no room left, and no more harm is to be done. */
  keep(done: readonly HarmRecord[]): boolean;
  /** There is room again after `isFull`. */
  room(): void;
  /** Nothing can be forwarded any more. */
  failed(error: Error): void;
}

/** Messages taken and not settled, and their bytes; more are not taken. */
const MOST_OPEN = 4_000;
const MOST_OPEN_BYTES = 32 * 1024 * 1024;
/** Of one request. */
const MOST_SENT = 1_000;
const MOST_SENT_BYTES = 512 * 1024;
/** How the payload of a readiness marker begins, which is never harmed and never counted. */
const PROBE = Buffer.from('{"iotload":"probe"');

interface Waiting extends BridgeMessage {
  ordinal: number;
  to: string;
  key: string;
  timestampMs: number;
  dueUs: Micros;
  harm: Harm | null;
}

/** Brings messages to Kafka in the order in which they came, one request at a time, and does what its fault plan says on the way. */
export class Forwarder {
  readonly #settings: ForwarderSettings;
  readonly #faults: BridgeFaultPlan;
  readonly #chooser: FaultChooser<Harm>;
  readonly #routes: TopicRoutes;
  readonly #stalls: Stalls;
  #waiting: Waiting[] = [];
  #open = 0;
  #openBytes = 0;
  #wasFull = false;
  #sending = false;
  #stalled = false;
  #harmful = true;
  #over = false;
  #cancelTimer = (): void => {};
  #nextOrdinal = 0;
  readonly #counts = { produced: 0, dropped: 0, doubled: 0 };
  #whenIdle: (() => void)[] = [];

  constructor(settings: ForwarderSettings) {
    this.#settings = settings;
    const { plan, clock } = settings;
    this.#faults = plan.faults;
    this.#chooser = new FaultChooser(harms, plan.faults);
    this.#routes = new TopicRoutes(plan.routes);
    this.#stalls = new Stalls(clock, (on) => {
      this.#stalled = on;
      this.#next();
    });
    this.#stalls.set(plan.faults.stall);
  }

  get isFull(): boolean {
    return this.#open >= MOST_OPEN || this.#openBytes >= MOST_OPEN_BYTES;
  }

  get counts(): Omit<BridgeCounts, 'redelivered'> {
    return { came: this.#nextOrdinal, ...this.#counts, open: this.#open };
  }

  /** Takes a message, also where it is full: whoever reads stops then. One that no route matches is settled and forgotten. */
  take(message: BridgeMessage): void {
    const { clock, plan } = this.#settings;
    const { topic, payload } = message;
    const to = this.#routes.topicFor(topic);
    if (to === null || this.#over) {
      if (to === null) message.settled();
      return;
    }
    const isProbe = payload.subarray(0, PROBE.length).equals(PROBE);
    const ordinal = isProbe ? -1 : this.#nextOrdinal++;
    this.#open++;
    this.#openBytes += payload.length;
    this.#waiting.push({
      ...message,
      ordinal,
      to,
      key: clientOf(topic, plan.key) ?? topic,
      timestampMs: Math.floor(clock.wallUs() / 1000),
      dueUs: clock.nowUs() + (isProbe ? 0 : (this.#faults.delayMs ?? 0) * 1000),
      harm: isProbe || !this.#harmful ? null : this.#chooser.kindOf(ordinal),
    });
    this.#wasFull ||= this.isFull;
    this.#next();
  }

  /** Ends stalls and delays; resolves when nothing is open any more, or `forMs` are over. */
  drain(forMs: number): Promise<void> {
    this.#stalls.set(undefined);
    this.#faults.delayMs = 0;
    for (const message of this.#waiting) message.dueUs = 0;
    this.#next();
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#settings.clock.after(forMs, resolve);
      this.#whenIdle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Takes and sends nothing more. */
  stop(): void {
    this.#over = true;
    this.#stalls.stop();
    this.#cancelTimer();
  }

  #next(): void {
    const head = this.#waiting[0];
    if (this.#sending || this.#stalled || this.#over || head === undefined) return;
    this.#cancelTimer();
    const { clock } = this.#settings;
    const nowUs = clock.nowUs();
    if (head.dueUs > nowUs) {
      this.#cancelTimer = clock.after((head.dueUs - nowUs) / 1000, () => this.#next());
      return;
    }
    this.#sending = true;
    // What arrives in the same turn goes with it.
    clock.soon(() => void this.#sendDue());
  }

  async #sendDue(): Promise<void> {
    const batch = this.#cutBatch();
    const records = batch.flatMap((message) => this.#recordsOf(message));
    try {
      if (records.length > 0) await this.#settings.send(records);
      if (this.#over) return;
      this.#settle(batch);
    } catch (error) {
      this.stop();
      this.#settings.failed(error as Error);
      return;
    }
    this.#sending = false;
    this.#next();
  }

  /** The due messages at the head, as many as one request may have; at least one. */
  #cutBatch(): Waiting[] {
    const nowUs = this.#settings.clock.nowUs();
    let [count, bytes] = [0, 0];
    for (const { dueUs, payload } of this.#waiting) {
      if (dueUs > nowUs || count >= MOST_SENT || (count > 0 && bytes + payload.length > MOST_SENT_BYTES)) break;
      count++;
      bytes += payload.length;
    }
    return this.#waiting.splice(0, Math.max(1, count));
  }

  #recordsOf(message: Waiting): BridgeRecord[] {
    const { to, key, timestampMs, harm, topic, payload } = message;
    if (harm === 'drop') return [];
    const { wrap, key: how } = this.#settings.plan;
    const value =
      wrap === 'none'
        ? payload
        : ruleResult({ ...message, client: clientOf(topic, how), payload: payload.toString('utf8') });
    const record = { topic: to, key, value, timestampMs };
    return harm === 'double' ? [record, record] : [record];
  }

  #settle(batch: readonly Waiting[]): void {
    const done: HarmRecord[] = [];
    for (const { harm, ordinal, topic, to, key, payload } of batch) {
      if (harm !== null) done.push({ kind: harm, ordinal, topic, to, key, payload });
      if (ordinal >= 0) this.#counts.produced += harm === null ? 1 : harm === 'drop' ? 0 : 2;
      if (harm === 'drop') this.#counts.dropped++;
      if (harm === 'double') this.#counts.doubled++;
    }
    if (done.length > 0 && !this.#settings.keep(done)) this.#harmful = false;
    for (const { payload, settled } of batch) {
      this.#open--;
      this.#openBytes -= payload.length;
      settled();
    }
    if (this.#wasFull && !this.isFull) {
      this.#wasFull = false;
      this.#settings.room();
    }
    if (this.#open > 0) return;
    const idle = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of idle) resolve();
  }
}
