import type { Anchor, Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { clearBatch, createEventBatch, type EventBatch } from '../core/event-batch.ts';
import { Outcome } from '../core/outcome.ts';
import type { Recorder } from '../metrics/recorder.ts';
import { PartSlots } from '../schedule/part-slots.ts';
import type { RateProfile } from '../schedule/profile.ts';
import type { Sink } from '../targets/target.ts';
import { Counter, type SenderInterval } from './board.ts';
import { LaneQueues } from './lane-queues.ts';

/** A fleet as the loop needs it. */
export interface EngineFleet {
  /** Index in the plan, and in the engine's own list. */
  readonly index: number;
  readonly devices: number;
  /** Slots of the whole fleet, over all parts. */
  readonly slots: number;
  readonly profile: RateProfile;
  /** Index into the engine's sinks. */
  readonly sink: number;
  /** Room that any event of this fleet finds enough. */
  readonly maxEventBytes: number;
  readonly board: {
    readonly counters: Float64Array;
    readonly recorders: Readonly<Record<SenderInterval, Pick<Recorder, 'record'>>>;
  };
  append(slot: number, dueUs: Micros, batch: EventBatch): boolean;
}

export interface EngineOptions {
  clock: Clock;
  part: Part;
  fleets: readonly EngineFleet[];
  /** Waiting slots each sink may have, over its lanes. */
  backlogSlots: readonly number[];
  /** What happens at that bound: give the slot up, or end the run. */
  backlogThen: readonly ('shed' | 'abort')[];
  /** Slots intended in [fromUs, toUs) enter the latency histograms. */
  measured: { fromUs: Micros; toUs: Micros };
  /** Final outcome of each slot: into the journal. */
  settle(fleet: number, slot: number, outcome: Outcome): void;
  /** Called when a backlog is full and its policy is to abort. */
  overflow(sink: number): void;
  /** The main thread asked to stop; looked at on every wake-up. */
  stopRequested(): boolean;
}

/** Events per batch: enough to amortise a clock read and a write, few enough that the batch's span stays far below a millisecond. */
const BATCH_EVENTS = 256;
const BATCH_BYTES = 256 * 1024;
/** Longest stretch of generating before sockets get their turn. */
const SLICE_US = 5_000;
/** A worker looks at its command at least this often. */
const MAX_SLEEP_MS = 100;

/**
 * The loop inside one worker. Every slot is picked up when it is due, whatever the target does; its event is made when its lane has
 * room. Until then the slot waits in its lane's queue. So lateness splits cleanly: intended → picked up is schedule lag (ours), picked
 * up → sent is client wait (the target's).
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #cursors: PartSlots[];
  readonly #batch: EventBatch;
  #sinks: readonly Sink[] = [];
  #queues: LaneQueues[] = [];
  #readyLanes: number[][] = [];
  #pumpPending = false;
  #first = 0;
  #startUs = 0;
  #picking = false;
  #cancelTimer: () => void = () => {};
  #onScheduleEnd: () => void = () => {};

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#cursors = options.fleets.map((fleet) => new PartSlots(options.part, fleet.devices));
    const largest = Math.max(0, ...options.fleets.map(({ maxEventBytes }) => maxEventBytes));
    this.#batch = createEventBatch(BATCH_EVENTS, Math.max(BATCH_BYTES, largest));
  }

  /** Gives the engine its open sinks, in the order of `EngineFleet.sink`. */
  attach(sinks: readonly Sink[]): void {
    this.#sinks = sinks;
    this.#queues = sinks.map((sink, index) => new LaneQueues(sink.lanes, this.#options.backlogSlots[index] as number));
    this.#readyLanes = sinks.map(() => []);
  }

  /** Starts picking up slots against `anchor`; resolves when the last slot of this part was picked up or `stop` was called. */
  run(anchor: Anchor): Promise<void> {
    this.#startUs = anchor.startMonoUs;
    this.#picking = true;
    return new Promise((resolve) => {
      this.#onScheduleEnd = resolve;
      this.#tick();
    });
  }

  /** Picks up nothing more; waiting slots stay until `giveUpWaiting`. */
  stop(): void {
    if (!this.#picking) return;
    this.#picking = false;
    this.#cancelTimer();
    this.#onScheduleEnd();
  }

  /** Slots picked up and not yet handed to a sink. */
  get waiting(): number {
    let sum = 0;
    for (const queue of this.#queues) sum += queue.length;
    return sum;
  }

  /** First slot of the fleet, in this part, that was not picked up. */
  horizon(fleet: number): number {
    return (this.#cursors[fleet] as PartSlots).slot;
  }

  /** Settles every waiting slot as not sent. */
  giveUpWaiting(): void {
    this.#queues.forEach((queue, sink) => {
      const lanes = (this.#sinks[sink] as Sink).lanes;
      for (let lane = 0; lane < lanes; lane++) {
        while (!queue.isEmpty(lane)) {
          const fleet = this.#options.fleets[queue.headFleet(lane)] as EngineFleet;
          this.#notSent(fleet, queue.headSlot(lane));
          add(fleet.board.counters, Counter.waiting, -1);
          queue.shift(lane);
        }
      }
    });
  }

  /** `SinkEvents.drained` of sink `sink`: its waiting slots go out after the current input has been handled. */
  drained(sink: number, lane: number): void {
    const queue = this.#queues[sink];
    if (queue === undefined || queue.isEmpty(lane)) return;
    (this.#readyLanes[sink] as number[]).push(lane);
    if (this.#pumpPending) return;
    this.#pumpPending = true;
    this.#clock.soon(() => this.#pump());
  }

  /** `SinkEvents.settled`. */
  settled(
    fleetIndex: number,
    slots: Float64Array,
    sentAtUs: Float64Array,
    count: number,
    outcome: Outcome,
    atUs: Micros,
  ): void {
    const fleet = this.#options.fleets[fleetIndex] as EngineFleet;
    const { serviceTime, responseTime } = fleet.board.recorders;
    const { fromUs, toUs } = this.#options.measured;
    const answered = outcome === Outcome.acked || outcome === Outcome.noAck;
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      this.#options.settle(fleetIndex, slot, outcome);
      if (!answered) continue;
      const dueUs = fleet.profile.timeOf(slot);
      if (dueUs < fromUs || dueUs >= toUs) continue;
      serviceTime.record(atUs - (sentAtUs[i] as number));
      responseTime.record(atUs - this.#startUs - dueUs);
    }
    add(fleet.board.counters, counterOf[outcome] as number, count);
  }

  /** `SinkContext.remake`. */
  remake(fleet: number, slot: number, batch: EventBatch): boolean {
    const { profile, append } = this.#options.fleets[fleet] as EngineFleet;
    return append(slot, profile.timeOf(slot), batch);
  }

  #tick(): void {
    if (!this.#picking) return;
    if (this.#options.stopRequested()) {
      this.stop();
      return;
    }
    const sliceEndsUs = this.#clock.nowUs() + SLICE_US;
    let behind = false;
    const { fleets } = this.#options;
    // Under overload the first one takes the slice: everyone is first in turn.
    this.#first = (this.#first + 1) % fleets.length;
    for (let i = 0; i < fleets.length; i++) {
      const fleet = (this.#first + i) % fleets.length;
      if (!this.#pickUp(fleets[fleet] as EngineFleet, this.#cursors[fleet] as PartSlots, sliceEndsUs)) behind = true;
    }
    if (behind) {
      this.#clock.soon(() => this.#tick());
      return;
    }
    const nextDueUs = this.#nextDueUs();
    if (nextDueUs === Number.POSITIVE_INFINITY) {
      this.stop();
      return;
    }
    const delayMs = (nextDueUs + this.#startUs - this.#clock.nowUs()) / 1000;
    this.#cancelTimer = this.#clock.after(Math.min(MAX_SLEEP_MS, Math.max(1, delayMs)), () => this.#tick());
  }

  /** Intended time of the next slot of any fleet, relative to the start; Infinity when none is left. */
  #nextDueUs(): Micros {
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#cursors.length; i++) {
      const fleet = this.#options.fleets[i] as EngineFleet;
      const slot = (this.#cursors[i] as PartSlots).slot;
      if (slot < fleet.slots) next = Math.min(next, fleet.profile.timeOf(slot));
    }
    return next;
  }

  /** Takes every due slot of the fleet; false when the slice was over before. */
  #pickUp(fleet: EngineFleet, cursor: PartSlots, sliceEndsUs: Micros): boolean {
    const sink = this.#sinks[fleet.sink] as Sink;
    const queue = this.#queues[fleet.sink] as LaneQueues;
    const { counters, recorders } = fleet.board;
    const { fromUs, toUs } = this.#options.measured;
    const { room } = sink;
    const batch = this.#batch;
    let nowUs = this.#clock.nowUs();
    let dueCount = Math.min(fleet.slots, fleet.profile.dueBy(nowUs - this.#startUs + 1));
    let pickedUp = 0;
    let waiting = 0;
    clearBatch(batch, fleet.index);
    while (cursor.slot < dueCount) {
      const slot = cursor.slot;
      const dueUs = fleet.profile.timeOf(slot);
      const lane = sink.laneOf(fleet.index, cursor.seat);
      const measured = dueUs >= fromUs && dueUs < toUs;
      cursor.advance();
      pickedUp++;
      // Before anything can fail: what this thread picked up and never settled is unknown, not unsent.
      add(counters, Counter.pickedUp, 1);
      if (measured) recorders.scheduleLag.record(nowUs - this.#startUs - dueUs);
      if ((room[lane] as number) > 0 && queue.isEmpty(lane)) {
        room[lane] = (room[lane] as number) - 1;
        if (measured) recorders.clientWait.record(0);
        this.#append(fleet, slot, dueUs, sink);
      } else if (queue.push(lane, fleet.index, slot, nowUs)) {
        waiting++;
      } else {
        this.#notSent(fleet, slot);
        if (this.#options.backlogThen[fleet.sink] === 'abort') {
          this.#options.overflow(fleet.sink);
          break;
        }
      }
      if (pickedUp % BATCH_EVENTS === 0) {
        this.#flush(fleet, sink);
        nowUs = this.#clock.nowUs();
        if (nowUs >= sliceEndsUs) break;
        dueCount = Math.min(fleet.slots, fleet.profile.dueBy(nowUs - this.#startUs + 1));
      }
    }
    this.#flush(fleet, sink);
    add(counters, Counter.waiting, waiting);
    return cursor.slot >= dueCount || nowUs < sliceEndsUs;
  }

  /** Makes the event of `slot`, whose room is already taken, sending the batch first when it is full. */
  #append(fleet: EngineFleet, slot: number, dueUs: Micros, sink: Sink): void {
    if (fleet.append(slot, dueUs, this.#batch)) return;
    this.#flush(fleet, sink);
    fleet.append(slot, dueUs, this.#batch);
  }

  #flush(fleet: EngineFleet, sink: Sink): void {
    const { count } = this.#batch;
    if (count === 0) return;
    add(fleet.board.counters, Counter.sent, count);
    sink.send(this.#batch, this.#clock.nowUs());
    clearBatch(this.#batch, fleet.index);
  }

  /** Sends the waiting slots of every lane that has room again. */
  #pump(): void {
    this.#pumpPending = false;
    const sliceEndsUs = this.#clock.nowUs() + SLICE_US;
    for (let index = 0; index < this.#sinks.length; index++) {
      const lanes = this.#readyLanes[index] as number[];
      if (lanes.length === 0) continue;
      this.#readyLanes[index] = [];
      for (const lane of lanes) this.#pumpLane(index, lane, sliceEndsUs);
    }
  }

  /** Sends what waits in a lane as long as there is room and time; what is left is pumped again after other input was handled. */
  #pumpLane(index: number, lane: number, sliceEndsUs: Micros): void {
    const sink = this.#sinks[index] as Sink;
    const queue = this.#queues[index] as LaneQueues;
    const { fromUs, toUs } = this.#options.measured;
    const { room } = sink;
    let nowUs = this.#clock.nowUs();
    if (nowUs >= sliceEndsUs) {
      this.drained(index, lane);
      return;
    }
    let fleet: EngineFleet | undefined;
    let popped = 0;
    while (!queue.isEmpty(lane) && (room[lane] as number) > 0) {
      const next = this.#options.fleets[queue.headFleet(lane)] as EngineFleet;
      if (fleet !== next) {
        if (fleet !== undefined) this.#flush(fleet, sink);
        fleet = next;
        clearBatch(this.#batch, fleet.index);
      }
      const slot = queue.headSlot(lane);
      const dueUs = fleet.profile.timeOf(slot);
      if (dueUs >= fromUs && dueUs < toUs) fleet.board.recorders.clientWait.record(nowUs - queue.headPickedUpUs(lane));
      queue.shift(lane);
      add(fleet.board.counters, Counter.waiting, -1);
      room[lane] = (room[lane] as number) - 1;
      this.#append(fleet, slot, dueUs, sink);
      if (++popped % BATCH_EVENTS !== 0) continue;
      this.#flush(fleet, sink);
      nowUs = this.#clock.nowUs();
      if (nowUs < sliceEndsUs) continue;
      this.drained(index, lane);
      break;
    }
    if (fleet !== undefined) this.#flush(fleet, sink);
  }

  #notSent(fleet: EngineFleet, slot: number): void {
    this.#options.settle(fleet.index, slot, Outcome.notSent);
    add(fleet.board.counters, Counter.notSent, 1);
  }
}

const counterOf: readonly number[] = [Counter.acked, Counter.rejected, Counter.unknown, Counter.noAck, Counter.notSent];

function add(counters: Float64Array, index: number, amount: number): void {
  counters[index] = (counters[index] as number) + amount;
}
