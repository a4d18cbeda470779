import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { Sink } from '../../src/targets/target.ts';
import type { VirtualClock } from '../simulation/virtual-clock.ts';

export interface SinkScript {
  lanes: number;
  /** Events each lane takes before an answer is needed. */
  window: number;
  /** When an event handed over at `us` is answered. */
  answeredAtUs(us: number): number;
}

export interface SentEvent {
  slot: number;
  lane: number;
  atUs: number;
}

/** A target in virtual time: answers each event when its script says so and opens the window again. */
export class ScriptedSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly sent: SentEvent[] = [];
  settled: (slot: number, sentAtUs: number, atUs: number, fleet: number) => void = () => {};
  drained: (lane: number) => void = () => {};
  readonly #clock: VirtualClock;
  readonly #script: SinkScript;

  constructor(clock: VirtualClock, script: SinkScript) {
    this.#clock = clock;
    this.#script = script;
    this.lanes = script.lanes;
    this.room = new Int32Array(script.lanes).fill(script.window);
  }

  laneOf(_fleet: number, seat: number): number {
    return seat % this.lanes;
  }

  send(batch: EventBatch, atUs: number): void {
    for (let i = 0; i < batch.count; i++) {
      const slot = batch.slots[i] as number;
      const lane = this.laneOf(batch.fleet, batch.seats[i] as number);
      const { fleet } = batch;
      this.sent.push({ slot, lane, atUs });
      const answerUs = this.#script.answeredAtUs(atUs);
      this.#clock.after((answerUs - atUs) / 1000, () => {
        this.settled(slot, atUs, this.#clock.nowUs(), fleet);
        const room = (this.room[lane] as number) + 1;
        this.room[lane] = room;
        if (room === 1) this.drained(lane);
      });
    }
  }

  /** Does something later, as a connection would. */
  connect(ms: number, task: () => void): void {
    this.#clock.after(ms, task);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }
}

/** The outcome of everything a `ScriptedSink` answers. */
export const answered = Outcome.acked;
