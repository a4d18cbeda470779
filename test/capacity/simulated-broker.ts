import type { EventBatch } from '../../src/core/event-batch.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { Sink } from '../../src/targets/target.ts';
import type { VirtualClock } from '../simulation/virtual-clock.ts';

/** When a broker answers an event that reaches it at `us`, and whether it takes it. Answers come in the order of the events. */
export type Service = (us: number) => { atUs: number; taken: boolean };

/** Events that a sender may have under way. */
const WINDOW = 256;

/** A broker with a known limit, in virtual time, at the other end of one lane. */
export class SimulatedBroker implements Sink {
  readonly lanes = 1;
  readonly room = new Int32Array([WINDOW]);
  settled: (slot: number, sentAtUs: number, outcome: Outcome, atUs: number) => void = () => {};
  drained: () => void = () => {};
  readonly #clock: VirtualClock;
  readonly #service: Service;
  readonly #waiting: { slot: number; sentAtUs: number; atUs: number; taken: boolean }[] = [];
  #answers = false;

  constructor(clock: VirtualClock, service: Service) {
    this.#clock = clock;
    this.#service = service;
  }

  laneOf(): number {
    return 0;
  }

  send(batch: EventBatch, sentAtUs: number): void {
    for (let i = 0; i < batch.count; i++)
      this.#waiting.push({ slot: batch.slots[i] as number, sentAtUs, ...this.#service(sentAtUs) });
    if (!this.#answers) this.#answerNext();
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

  #answerNext(): void {
    const next = this.#waiting[0];
    this.#answers = next !== undefined;
    if (next === undefined) return;
    this.#clock.at(next.atUs, () => {
      this.#waiting.shift();
      const room = this.room[0] as number;
      this.room[0] = room + 1;
      this.settled(next.slot, next.sentAtUs, next.taken ? Outcome.acked : Outcome.rejected, this.#clock.nowUs());
      this.#answerNext();
      if (room === 0) this.drained();
    });
  }
}

/** Answers after a constant time, and refuses what there is no token for. */
export function tokenBucket(perSecond: number, burst: number, answerUs: number): Service {
  let [tokens, lastUs] = [burst, 0];
  return (us) => {
    tokens = Math.min(burst, tokens + ((us - lastUs) / 1e6) * perSecond);
    lastUs = us;
    const taken = tokens >= 1;
    if (taken) tokens--;
    return { atUs: us + answerUs, taken };
  };
}

/** One after the other, each for a time of its own. */
export function server(serviceUs: () => number): Service {
  let freeUs = 0;
  return (us) => {
    freeUs = Math.max(us, freeUs) + serviceUs();
    return { atUs: Math.ceil(freeUs), taken: true };
  };
}
