import type { Micros } from '../../core/clock.ts';
import type { PutRequest } from './put-request.ts';

/** What waits until the shard of a lane has room again. */
export class RetryLane {
  readonly #waiting: PutRequest[] = [];
  /** Answers in a row in which the shard had no room. */
  failures = 0;
  /** What waits goes then. */
  dueUs: Micros = 0;

  /** Events that wait. */
  get count(): number {
    return this.#waiting.reduce((sum, { count }) => sum + count, 0);
  }

  add(from: PutRequest, i: number, take: () => PutRequest): void {
    const last = this.#waiting.at(-1);
    if (last?.copy(from, i) === true) return;
    const fresh = take();
    fresh.copy(from, i);
    this.#waiting.push(fresh);
  }

  /** The shard had no room once more. */
  pause(nowUs: Micros, us: Micros): void {
    this.failures++;
    this.dueUs = nowUs + us;
  }

  takeAll(): PutRequest[] {
    return this.#waiting.splice(0);
  }
}
