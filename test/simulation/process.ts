import type { Clock } from '../../src/core/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * A process of the simulated machine: its clock is the only thing that makes it do anything. After `kill` nothing of it runs any more;
 * while it is stopped (SIGSTOP, a machine that is too busy) what was due waits, and is late.
 */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  readonly #clock: VirtualClock;
  #alive = true;
  #stoppedUntilUs = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #deaths: (() => void)[] = [];

  constructor(name: string, clock: VirtualClock) {
    this.name = name;
    this.#clock = clock;
    this.clock = {
      nowUs: () => clock.nowUs(),
      wallUs: () => clock.wallUs(),
      after: (ms, task) => clock.after(ms, () => this.run(task)),
      every: (ms, task) => {
        let cancel = (): void => {};
        const again = (): void => {
          cancel = clock.after(ms, () => this.run(again));
          task();
        };
        cancel = clock.after(ms, () => this.run(again));
        return () => cancel();
      },
      soon: (task) => clock.soon(() => this.run(task)),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Something from outside reaches the process. */
  run(task: () => void): void {
    if (!this.#alive) return;
    if (this.#waiting.length === 0 && this.#clock.nowUs() >= this.#stoppedUntilUs) {
      task();
      return;
    }
    this.#waiting.push(task);
    if (this.#waiting.length === 1) this.#goOn();
  }

  /** What has waited comes in its order, also where one stop follows another. */
  #goOn(): void {
    this.#clock.at(this.#stoppedUntilUs, () => {
      if (this.#clock.nowUs() < this.#stoppedUntilUs) {
        this.#goOn();
        return;
      }
      const waited = this.#waiting.splice(0);
      for (const task of waited) if (this.#alive) task();
    });
  }

  stop(forUs: number): void {
    this.#stoppedUntilUs = Math.max(this.#stoppedUntilUs, this.#clock.nowUs() + forUs);
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const told of this.#deaths) told();
  }

  /** What the rest of the world notices of its end: its connections are gone. */
  onDeath(told: () => void): void {
    this.#deaths.push(told);
  }
}
