import type { PayloadColumns } from '../codecs/columns/column.ts';
import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { EventBatch } from '../core/event-batch.ts';
import type { Outcome } from '../core/outcome.ts';
import type { StreamKey } from '../core/random.ts';
import type { BrokerCount } from '../wire/broker-count.ts';
import type { StoredRange } from '../wire/placed-arrivals.ts';
import type { TextProblem } from './name-template.ts';
import type { Effort, Sizing, TargetLoad } from './sizing.ts';

/** Options of a target as they stand in the plan: validated plain JSON, so that a worker needs no schema library. */
export type TargetOptions = Readonly<Record<string, unknown>>;

/** What a target promises with given options. */
export interface TargetTraits {
  /** The protocol confirms each event; otherwise every outcome is `no_ack` and at most at-most-once can be expected. */
  acknowledges: boolean;
  /** What the events' address bytes hold. */
  address: 'topic' | 'key' | 'none';
  /** An event's id can travel beside its payload; false when left out. */
  headers?: boolean;
  /** Order within a device is promised end to end with these options. */
  ordered: boolean;
  /** `host` or `host:port` of everything this target will connect to, for the safety rail; empty for files and embedded brokers. */
  hosts: readonly string[];
  /** The target can be read back. */
  readable: boolean;
  /** It holds connections, which can be cut on purpose. */
  connected: boolean;
  /** Its connections are encrypted, by certificates that a server shows; false when left out. */
  secure?: boolean;
  /** It takes events as fast as they can be made: `clock.speed: max` has a meaning. */
  unpaced: boolean;
  /** What each run stores is apart: only who knows its id can read it. False when left out. */
  perRun?: boolean;
  /** What payloads have to be: text, or rows of comma-separated values that have their columns' names; absent where any bytes do. */
  payloads?: 'text' | 'csv';
  /** Payloads are kept as their values, where they can be told so; false when left out. */
  keepsValues?: boolean;
}

/** A system under test: one folder, one line in the registry. Heavy client libraries load on use. */
export interface TargetDefinition {
  readonly name: string;
  readonly doc: string;
  traits(options: TargetOptions): TargetTraits;
  /** Lets each fleet have a topic beside the target's own; absent where a topic is part of an event, or there are none. */
  readonly fleetTopics?: FleetTopics;
  /** Completes options that depend on the scenario's name; for targets without such options it is absent. */
  inScenario?(options: TargetOptions, scenario: string): TargetOptions;
  /** Completes options that depend on where a run keeps its results; for targets without such options it is absent. */
  inDirectory?(options: TargetOptions, dir: string): TargetOptions;
  /** What a plan goes to besides the endpoint, in words; absent where that says it all. */
  outline?(options: TargetOptions): string | undefined;
  /** How large the target has to be for a load, and what that costs; absent where nobody has to know. Pure. */
  sizing?(): Promise<{ sizing(options: TargetOptions, load: TargetLoad): Sizing }>;
  /** What it takes of the generator; absent where nobody has measured it. Pure. */
  effort?(options: TargetOptions): Effort;
  /** Where a run of so many parts leaves what it wrote: a path, or a pattern of paths; for targets that write nothing here it is absent. */
  writes?(options: TargetOptions, parts: number, runId: string): string;
  /** Main thread only: the zod schema of this target's block in a scenario. */
  options(): Promise<{ optionsSchema: import('zod').ZodType }>;
  /** What its partitions are called; absent where it has none. */
  readonly partitions?: 'partition' | 'shard';
  /**
   * In which of its partitions, given by their numbers, the events of a seat are stored; absent where the target has none. The returned
   * function takes fleet and seat.
   */
  seatPartitions?(
    partitions: readonly number[],
    context: { options: TargetOptions; fleets: readonly TargetFleet[]; runId: string },
  ): (fleet: number, seat: number) => number;
  /** Looks at what a run asks of this machine, before anything is connected; absent where it asks nothing special. */
  preflight?(): Promise<{ preflight(options: TargetOptions, context: PreflightContext): Promise<void> }>;
  /** Sees to what a run needs at the target, before any worker connects; resolves with what it found, in words. Absent where there is nothing to see to. */
  prepare?(): Promise<{ prepare(options: TargetOptions, context: PrepareContext): Promise<string> }>;
  sink(): Promise<{ openSink(options: TargetOptions, context: SinkContext): Promise<Sink> }>;
  source?(): Promise<{ openSource(options: TargetOptions, context: SourceContext): Promise<Source> }>;
}

/** Topics that single fleets have. */
export interface FleetTopics {
  /** What is wrong with one, whose placeholders are not filled yet; null where nothing is. */
  problem(template: string): TextProblem | null;
  /** The options with the topics of all fleets that send there, by name, null for the target's own; `used`: others send to that, too. */
  into(
    options: TargetOptions,
    topics: ReadonlyMap<string, string | null>,
    around: { scenario: string; used: boolean },
  ): TargetOptions;
}

/** A fleet as a target sees it. */
export interface TargetFleet {
  /** Index in the plan, the `fleet` of batches and outcomes. */
  index: number;
  name: string;
  devices: number;
  /** Address template as the plan has it, e.g. `meters/<device>/reading`; empty where the protocol has none. */
  address: string;
  /** Names of the columns of its payloads, as a line of text without its end; null or absent where payloads have no columns. */
  header?: string | null;
  /** Values that its payloads hold; null or absent where they are not told apart. */
  columns?: PayloadColumns | null;
  /** Some of its payloads are malformed by design. */
  damaged?: boolean;
  /** Id of the device that sits there, in its first incarnation where none is named. */
  deviceId(seat: number, incarnation?: number): string;
}

/** What a run is about to do from this machine. */
export interface PreflightContext {
  runId: string;
  /** The share of the seats that this machine's workers own together. */
  shard: Part;
  workers: number;
  fleets: readonly TargetFleet[];
  /** The target will be read back from here as well. */
  reads: boolean;
  /** Replaces `${NAME}` references to secrets by their values. */
  reveal(text: string): string;
}

/** What a target may have to know before a run, to prepare for it. */
export interface PrepareContext {
  clock: Clock;
  runId: string;
  /** From the first event until nobody waits for the last arrival any more, by the plan. */
  lastsUs: Micros;
  /** Says what is worth knowing before the run; the words of a tally, as in `SinkEvents`. */
  notice(kind: NoticeKind, detail: string): void;
  random(): number;
  /** Replaces `${NAME}` references to secrets by their values. */
  reveal(text: string): string;
}

export interface SinkContext {
  clock: Clock;
  runId: string;
  part: Part;
  fleets: readonly TargetFleet[];
  events: SinkEvents;
  /** The run goes on after it was cut off: what this part wrote before is its own. Absent: it begins. */
  resumes?: boolean;
  /**
   * Appends the event of a slot that was sent before, byte for byte, to a batch that is clear and of its fleet; false where it has no
   * room. For a session that is resumed: what is to be sent again need not be kept.
   */
  remake(fleet: number, slot: number, batch: EventBatch): boolean;
  /** Uniform number in [0, 1) for jitter of reconnects; injected so that tests repeat. */
  random(): number;
  /** Replaces `${NAME}` references to secrets by their values. */
  reveal(text: string): string;
}

/** What can happen to a connection besides outcomes; shown to the user and counted. */
export type NoticeKind = 'connecting' | 'connected' | 'disconnected' | 'reconnected' | 'throttled' | 'warning';

export interface SinkEvents {
  /**
   * Final outcome of `count` slots of one fleet, exactly once per slot. The arrays are reused by the sink. `reason` is a short
   * stable word ("puback", "connection lost"), never free text of the other side.
   */
  settled(
    fleet: number,
    slots: Float64Array,
    sentAtUs: Float64Array,
    count: number,
    outcome: Outcome,
    reason: string,
    atUs: Micros,
  ): void;
  /**
   * These slots, whose outcome is still open, were sent once more as the same message; `mayDouble` where the protocol lets it arrive
   * twice then. The array is reused.
   */
  resent(fleet: number, slots: Float64Array, count: number, mayDouble: boolean): void;
  /**
   * So many events were stored in a partition, and so many found no room there; with neither, it is there. Absent where nobody counts them. A
   * target without partitions never tells.
   */
  partition?(partition: number, stored: number, refused: number): void;
  /** So many of this sink's connections have been up; told now and then while it opens. */
  connections?(up: number, of: number): void;
  /** `room[lane]` went from 0 to more. */
  drained(lane: number): void;
  /**
   * `count` equal things happened. `detail` is a tally's key: from a closed vocabulary, without a number that varies and without free
   * text of the other side.
   */
  notice(kind: NoticeKind, detail: string, count: number): void;
}

/** Which connections are cut on purpose: those of each device, or of a pool, that a hash with `key` puts below `share` (0…1). */
export interface Cut {
  /** Indices in the plan; null for all. A pool is cut as soon as one of the fleets that use it is among them. */
  fleets: readonly number[] | null;
  share: number;
  key: StreamKey;
}

/** Lane: a connection, partition or file with its own bounded queue. */
export interface Sink {
  readonly lanes: number;
  laneOf(fleet: number, seat: number): number;
  /**
   * Events each lane still takes. The engine reads it before it generates an event and counts it down by one for every event it
   * puts into a batch; the sink alone counts it up. 0 while a lane is full or disconnected.
   */
  readonly room: Int32Array;
  /** Sends every event of the batch. The caller has taken the room for them. Copies what it keeps, never blocks, never throws. */
  send(batch: EventBatch, atUs: Micros): void;
  /** Resolves when no outcome is outstanding, or after `timeoutMs`: what is then still open is settled as `unknown`. */
  flush(timeoutMs: number): Promise<void>;
  /** Releases everything; idempotent. */
  close(): Promise<void>;
  /**
   * Publishes one message outside the schedule and resolves when it is handed over (and acknowledged where the protocol can). `fleet`:
   * whose events go there, where an address does not say it.
   */
  publish(address: string, payload: Uint8Array, fleet?: number): Promise<void>;
  /** Cuts connections without a farewell and keeps them down for `forMs`. Absent where a target has no connections of its own. */
  disconnect?(cut: Cut, forMs: number): void;
  /**
   * A seat has a new device, whose events follow. Withholds the room of its lane at once; what is in flight may still be answered, for
   * a bounded time, then the device says farewell and the new one arrives under its own id. Absent where a device has nothing of its own.
   */
  reload?(fleet: number, seat: number, incarnation: number): void;
}

/**
 * Events as read back, valid only during the call. Event i: address `bytes[addressStarts[i] … addressEnds[i])`, payload likewise, and
 * the id that travelled beside the payload, empty where there is none.
 */
export interface DeliveredBatch {
  count: number;
  bytes: Uint8Array;
  addressStarts: Uint32Array;
  addressEnds: Uint32Array;
  identityStarts: Uint32Array;
  identityEnds: Uint32Array;
  payloadStarts: Uint32Array;
  payloadEnds: Uint32Array;
  /** Monotonic time at which these bytes were in our hands. */
  atUs: Micros;
  /** The target says that it may have delivered these before, so that a second copy of them is no duplicate of its making. */
  redelivered: boolean;
  /** Where they are stored; absent where the target has no such places. */
  log?: StoredAt;
}

/** Where the events of a batch are stored: all in one partition, event i at `offsets[i]`; null where places have no numbers. */
export interface StoredAt {
  partition: number;
  offsets: Float64Array | null;
}

export interface SourceContext {
  clock: Clock;
  runId: string;
  fleets: readonly TargetFleet[];
  events: SourceEvents;
  /** What `positions` of an earlier source said; reading goes on there. Absent or null: it begins at the beginning. */
  resumeFrom?: unknown;
  /**
   * An earlier source of this run has read, and nobody knows how far: everything that the target keeps is read again, also what is older
   * than the run. Absent or false: what comes from now on is enough, and everything where that costs nothing.
   */
  fromStart?: boolean;
  random(): number;
  reveal(text: string): string;
}

export interface SourceEvents {
  delivered(batch: DeliveredBatch): void;
  /** As in `SinkEvents`. */
  notice(kind: NoticeKind, detail: string, count: number): void;
}

/** What a source can say about its own completeness. */
export interface SourceHealth {
  /** Stretches in which arrivals may have passed unseen (a lost session). */
  gaps: number;
  /** What each of the first of them was, a sentence without its end; absent where each is a lost session. */
  gapNames?: readonly string[];
  /** Reads that found the receive buffer full: the reader was behind the broker. */
  fullReads: number;
  /** Messages the broker says it dropped for slow readers since the start; null where it does not say. */
  brokerDropped: number | null;
}

/** A count and the monotonic time at which it was told. */
export interface CountedAt extends BrokerCount {
  atUs: Micros;
}

export interface Source {
  health(): SourceHealth;
  /** What the other side has counted, as it told last; null while it has told nothing. Absent where it tells nothing. */
  counted?(): CountedAt | null;
  /**
   * Up to where everything was delivered, as plain JSON in the source's own words, from which another one can go on. Absent where the
   * target keeps nothing that could be read once more.
   */
  positions?(): unknown;
  /** What of each partition has been read, by its number; absent where the target has none. */
  ranges?(): StoredRange[];
  /** Numbers of the partitions that may still get events, as far as is known; absent where the target has none. */
  partitions?(): number[];
  /**
   * Called after the last outcome is known. Resolves when everything stored up to then has been delivered, with `complete` true
   * only if absence is now proof of loss (positions were read without a gap); a protocol without positions answers false at once.
   */
  readToEnd(timeoutMs: number): Promise<{ complete: boolean }>;
  close(): Promise<void>;
}
