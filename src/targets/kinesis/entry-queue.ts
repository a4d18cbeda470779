import type { Micros } from '../../core/clock.ts';
import type { PutRequest, PutRequests } from './put-request.ts';

interface Stretch {
  request: PutRequest;
  /** Its entries before this one are gone. */
  head: number;
}

/** Entries of requests that wait, first in, first out. */
export class EntryQueue {
  readonly #requests: PutRequests;
  readonly #stretches: Stretch[] = [];
  #count = 0;

  constructor(requests: PutRequests) {
    this.#requests = requests;
  }

  get count(): number {
    return this.#count;
  }

  /** `append` adds one entry to the request it is given, or answers false where that has no room; false as well where an empty one has none. */
  add(append: (request: PutRequest) => boolean): boolean {
    const last = this.#stretches.at(-1)?.request;
    if (last === undefined || !append(last)) {
      const request = this.#requests.take();
      if (!append(request)) {
        this.#requests.giveBack(request);
        return false;
      }
      this.#stretches.push({ request, head: 0 });
    }
    this.#count++;
    return true;
  }

  /** Puts all of another one before its own. */
  prepend(other: EntryQueue): void {
    this.#stretches.unshift(...other.#stretches.splice(0));
    this.#count += other.#count;
    other.#count = 0;
  }

  /** Puts all of another one behind its own. */
  append(other: EntryQueue): void {
    this.#stretches.push(...other.#stretches.splice(0));
    this.#count += other.#count;
    other.#count = 0;
  }

  /** Moves the first ones, at most so many and as many as there is room for; returns their number. */
  moveInto(request: PutRequest, most: number): number {
    let moved = 0;
    while (moved < most && this.#count > 0) {
      const { request: from, head } = this.#stretches[0] as Stretch;
      if (!request.copy(from, head)) break;
      this.#drop();
      moved++;
    }
    return moved;
  }

  /** Takes the first ones out as long as they came before `beforeUs`, and shows each. */
  expire(beforeUs: Micros, each: (request: PutRequest, i: number) => void): void {
    while (this.#count > 0) {
      const { request, head } = this.#stretches[0] as Stretch;
      if ((request.bornUs[head] as number) >= beforeUs) return;
      each(request, head);
      this.#drop();
    }
  }

  #drop(): void {
    const first = this.#stretches[0] as Stretch;
    this.#count--;
    if (++first.head < first.request.count) return;
    this.#stretches.shift();
    this.#requests.giveBack(first.request);
  }
}
