import type { Anchor } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { clearBatch, createEventBatch, type EventBatch } from '../core/event-batch.ts';
import { Outcome } from '../core/outcome.ts';
import { PartSlots } from '../schedule/part-slots.ts';
import type { Sink } from '../targets/target.ts';
import { add, Counter } from './board.ts';
import { COPY, type EngineFleet, type EngineOptions, intendedUs, isCopy } from './engine-fleet.ts';
import { giveUp } from './give-up.ts';
import { HeldSlots } from './held-slots.ts';
import { LaneQueues } from './lane-queues.ts';
import { nextDue } from './next-due.ts';
import { Reloads } from './reloads.ts';
import { settle } from './settle.ts';
import { strideUs } from './unpaced.ts';

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
  /** What devices hold back while they are cut off, by fleet; null where they never do. */
  readonly #held: (HeldSlots | null)[];
  /** By fleet; null where devices stay, or the target does not care. */
  #reloads: (Reloads | null)[] = [];
  readonly #batch: EventBatch;
  /** Second copies in the batch. */
  #copies = 0;
  /** Measured events in the batch that found room at once. */
  #unwaited = 0;
  #sinks: readonly Sink[] = [];
  #queues: LaneQueues[] = [];
  #readyLanes: number[][] = [];
  #pumpPending = false;
  #first = 0;
  #startUs = 0;
  /** Unpaced: slot time up to which the fleets go next. */
  #horizonUs = 0;
  #picking = false;
  #cancelTimer: () => void = () => {};
  #onScheduleEnd: () => void = () => {};

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#cursors = options.fleets.map((fleet) => new PartSlots(options.part, fleet.devices));
    this.#held = options.fleets.map(({ behavior }) => (behavior?.holds ? new HeldSlots() : null));
    const largest = Math.max(0, ...options.fleets.map(({ maxEventBytes }) => maxEventBytes));
    this.#batch = createEventBatch(BATCH_EVENTS, Math.max(BATCH_BYTES, largest));
  }

  /** Gives the engine its open sinks, in the order of `EngineFleet.sink`. */
  attach(sinks: readonly Sink[]): void {
    this.#sinks = sinks;
    this.#queues = sinks.map((sink, index) => new LaneQueues(sink.lanes, this.#options.backlogSlots[index] as number));
    this.#readyLanes = sinks.map(() => []);
    this.#reloads = this.#options.fleets.map(({ behavior, devices, sink }) =>
      behavior?.churns && sinks[sink]?.reload !== undefined ? new Reloads(behavior, this.#options.part, devices) : null,
    );
  }

  /**
   * Starts picking up slots against `anchor`, by fleet from slot `from` on; resolves when the last slot of this part was picked up or
   * `stop` was called.
   */
  run(anchor: Anchor, from: readonly number[] = []): Promise<void> {
    this.#startUs = anchor.startMonoUs;
    for (const [fleet, slot] of from.entries()) (this.#cursors[fleet] as PartSlots).seek(slot);
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
    const lengthOf = (waiting: { length: number } | null): number => waiting?.length ?? 0;
    return [...this.#queues, ...this.#held].reduce((sum, waiting) => sum + lengthOf(waiting), 0);
  }

  /** First slot of the fleet, in this part, that was not picked up. */
  horizon(fleet: number): number {
    return (this.#cursors[fleet] as PartSlots).slot;
  }

  /** Settles every waiting slot as not sent. */
  giveUpWaiting(): void {
    giveUp(this.#options.fleets, this.#queues, this.#held, (fleet, slot) => {
      if (!isCopy(slot)) this.#notSent(fleet, slot);
      add(fleet.board.counters, Counter.waiting, -1);
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
    fleet: number,
    slots: Float64Array,
    sentAtUs: Float64Array,
    count: number,
    outcome: Outcome,
    atUs: Micros,
  ): void {
    settle(this.#options, this.#startUs, { fleet, slots, sentAtUs, count, outcome, atUs });
  }

  /** `SinkContext.remake`. */
  remake(fleet: number, slot: number, batch: EventBatch): boolean {
    const { profile, append } = this.#options.fleets[fleet] as EngineFleet;
    const event = Math.floor(slot);
    if (!append(event, profile.timeOf(event), batch)) return false;
    batch.slots[batch.count - 1] = slot;
    return true;
  }

  #tick(): void {
    if (!this.#picking) return;
    if (this.#options.stopRequested()) {
      this.stop();
      return;
    }
    const sliceEndsUs = this.#clock.nowUs() + SLICE_US;
    let behind = false;
    const { fleets, unpaced, part } = this.#options;
    if (unpaced) this.#horizonUs = strideUs(fleets, this.#cursors, part.count);
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
    // What waits goes on when its lane has been emptied.
    if (this.#holdsBack()) return;
    const nextDueUs = nextDue(fleets, this.#cursors, this.#held);
    if (nextDueUs === Number.POSITIVE_INFINITY) {
      this.stop();
      return;
    }
    if (unpaced && nextDueUs < this.#options.promisedUs()) {
      this.#clock.soon(() => this.#tick());
      return;
    }
    // What is due and not yet promised is looked at again soon.
    const delayMs = unpaced ? 1 : (nextDueUs + this.#startUs - this.#clock.nowUs()) / 1000;
    this.#cancelTimer = this.#clock.after(Math.min(MAX_SLEEP_MS, Math.max(1, delayMs)), () => this.#tick());
  }

  /** Unpaced, one slot that found no room stops all: nothing is due so soon that it would have to queue. */
  #holdsBack(): boolean {
    return this.#options.unpaced && this.#queues.some(({ length }) => length > 0);
  }

  /** Slot time: what is due by now may be picked up. */
  #slotTime(nowUs: Micros): Micros {
    return this.#options.unpaced ? this.#horizonUs : nowUs - this.#startUs;
  }

  /** Takes every due slot of the fleet; false when the slice was over before. */
  #pickUp(fleet: EngineFleet, cursor: PartSlots, sliceEndsUs: Micros): boolean {
    const sink = this.#sinks[fleet.sink] as Sink;
    const held = this.#held[fleet.index] as HeldSlots | null;
    let nowUs = this.#clock.nowUs();
    const promisedUs = this.#options.promisedUs();
    let untilUs = Math.min(promisedUs - 1, this.#slotTime(nowUs));
    let dueCount = Math.min(fleet.slots, fleet.profile.dueBy(untilUs + 1));
    let taken = 0;
    let goesOn = !this.#holdsBack();
    clearBatch(this.#batch, fleet.index);
    while (goesOn && (cursor.slot < dueCount || (held !== null && held.releaseUs <= untilUs))) {
      goesOn =
        held === null
          ? this.#take(fleet, cursor, fleet.profile.timeOf(cursor.slot), nowUs)
          : this.#takeOrHold(fleet, cursor, held, dueCount, nowUs);
      goesOn &&= !this.#holdsBack();
      if (++taken % BATCH_EVENTS !== 0) continue;
      this.#flush(fleet, sink);
      nowUs = this.#clock.nowUs();
      if (nowUs >= sliceEndsUs) break;
      untilUs = Math.min(promisedUs - 1, this.#slotTime(nowUs));
      dueCount = Math.min(fleet.slots, fleet.profile.dueBy(untilUs + 1));
    }
    this.#flush(fleet, sink);
    return cursor.slot >= dueCount || nowUs < sliceEndsUs;
  }

  /** Takes the next slot of the schedule, or before it the first one whose outage is over by then; in this order a device's events keep theirs. */
  #takeOrHold(fleet: EngineFleet, cursor: PartSlots, held: HeldSlots, dueCount: number, nowUs: Micros): boolean {
    const { counters } = fleet.board;
    const dueUs = cursor.slot < dueCount ? fleet.profile.timeOf(cursor.slot) : Number.POSITIVE_INFINITY;
    const { releaseUs } = held;
    if (releaseUs <= dueUs) {
      const slot = held.shift();
      add(counters, Counter.waiting, -1);
      return this.#offer(fleet, slot, slot % fleet.devices, fleet.profile.timeOf(slot), releaseUs, nowUs);
    }
    const untilUs = intendedUs(fleet, cursor.slot, dueUs);
    if (untilUs === dueUs) return this.#take(fleet, cursor, dueUs, nowUs);
    held.push(untilUs, cursor.slot);
    add(counters, Counter.pickedUp, 1);
    add(counters, Counter.waiting, 1);
    cursor.advance();
    return true;
  }

  #take(fleet: EngineFleet, cursor: PartSlots, dueUs: Micros, nowUs: Micros): boolean {
    const { slot, seat } = cursor;
    cursor.advance();
    // Before anything can fail: what this thread picked up and never settled is unknown, not unsent.
    add(fleet.board.counters, Counter.pickedUp, 1);
    return this.#offer(fleet, slot, seat, dueUs, dueUs, nowUs);
  }

  /** Sends a slot, or queues it where its lane has no room; false where that ends the run. */
  #offer(fleet: EngineFleet, slot: number, seat: number, dueUs: Micros, intended: Micros, nowUs: Micros): boolean {
    const { fromUs, toUs } = this.#options.measured;
    const measured = intended >= fromUs && intended < toUs;
    if (measured && !this.#options.unpaced) {
      fleet.board.recorders.scheduleLag.record(nowUs - this.#startUs - intended);
    }
    if (this.#place(fleet, slot, seat, dueUs, nowUs, measured)) {
      const { behavior } = fleet;
      if (behavior !== null && behavior.copiesOf(slot) > 1) {
        this.#place(fleet, slot + COPY, seat, dueUs, nowUs, false);
      }
      return true;
    }
    this.#notSent(fleet, slot);
    if (this.#options.backlogThen[fleet.sink] === 'shed') return true;
    this.#options.overflow(fleet.sink);
    return false;
  }

  /** False where neither lane nor backlog have room. */
  #place(fleet: EngineFleet, slot: number, seat: number, dueUs: Micros, nowUs: Micros, measured: boolean): boolean {
    const sink = this.#sinks[fleet.sink] as Sink;
    const queue = this.#queues[fleet.sink] as LaneQueues;
    const { room } = sink;
    const lane = sink.laneOf(fleet.index, seat);
    if (queue.isEmpty(lane)) {
      this.#meet(fleet, seat, dueUs, sink);
      if ((room[lane] as number) > 0) {
        room[lane] = (room[lane] as number) - 1;
        if (measured) this.#unwaited++;
        this.#append(fleet, slot, dueUs, sink);
        return true;
      }
    }
    if (!queue.push(lane, fleet.index, slot, nowUs)) return false;
    add(fleet.board.counters, Counter.waiting, 1);
    return true;
  }

  /** Tells the sink where the next event of a seat is that of another device; what is of the one before goes out first. */
  #meet(fleet: EngineFleet, seat: number, dueUs: Micros, sink: Sink): void {
    const incarnation = this.#reloads[fleet.index]?.next(seat, dueUs) ?? -1;
    if (incarnation < 0) return;
    this.#flush(fleet, sink);
    sink.reload?.(fleet.index, seat, incarnation);
  }

  /** Makes the event of `slot`, whose room is already taken, sending the batch first when it is full. */
  #append(fleet: EngineFleet, slot: number, dueUs: Micros, sink: Sink): void {
    const event = Math.floor(slot);
    if (!fleet.append(event, dueUs, this.#batch)) {
      this.#flush(fleet, sink);
      fleet.append(event, dueUs, this.#batch);
    }
    if (slot === event) return;
    this.#batch.slots[this.#batch.count - 1] = slot;
    this.#copies++;
  }

  #flush(fleet: EngineFleet, sink: Sink): void {
    const { count } = this.#batch;
    if (count === 0) return;
    add(fleet.board.counters, Counter.sent, count - this.#copies);
    this.#copies = 0;
    if (this.#unwaited > 0) fleet.board.recorders.clientWait.recordMany(0, this.#unwaited);
    this.#unwaited = 0;
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
    if (this.#options.unpaced && !this.#holdsBack()) this.#clock.soon(() => this.#tick());
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
      const event = Math.floor(slot);
      const dueUs = fleet.profile.timeOf(event);
      this.#meet(fleet, event % fleet.devices, dueUs, sink);
      if (room[lane] === 0) break;
      const intended = intendedUs(fleet, event, dueUs);
      if (slot === event && intended >= fromUs && intended < toUs) {
        fleet.board.recorders.clientWait.record(nowUs - queue.headPickedUpUs(lane));
      }
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
