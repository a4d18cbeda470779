import { FIRST_OWN_ID } from './in-flight.ts';

/** Packet identifiers for MQTT.js, below those of our own PUBLISHes. The shape is MQTT.js's `messageIdProvider`. */
export class ReservedIds {
  readonly #taken = new Set<number>();
  #last = 0;

  /** A free identifier, or null when all are taken. */
  allocate(): number | null {
    for (let tries = 1; tries < FIRST_OWN_ID; tries++) {
      this.#last = (this.#last % (FIRST_OWN_ID - 1)) + 1;
      if (this.register(this.#last)) return this.#last;
    }
    return null;
  }

  getLastAllocated(): number | null {
    return this.#last === 0 ? null : this.#last;
  }

  /** Takes this identifier; false when it is taken already. */
  register(id: number): boolean {
    if (this.#taken.has(id)) return false;
    this.#taken.add(id);
    return true;
  }

  deallocate(id: number): void {
    this.#taken.delete(id);
  }

  clear(): void {
    this.#taken.clear();
  }
}
