import type { Micros } from '../../core/clock.ts';
import type { ShardInfo } from './calls.ts';
import type { ShardReading } from './shard-reading.ts';

/**
 * The shards of one stream, as far as they are known, and which of them may be read: one that came from others after those were read to
 * their end, so that the events of a device keep their order. Pure.
 */
export class ShardLineage {
  readonly #readings = new Map<string, ShardReading>();
  readonly #waiting = new Set<ShardReading>();
  /** Ids of shards that others came from. */
  readonly #parents = new Set<string>();

  [Symbol.iterator](): IterableIterator<ShardReading> {
    return this.#readings.values();
  }

  /** Takes a listing. `make` makes the readings of those that are new; what comes back are readings that are listed no more and had not ended. */
  learn(listed: readonly ShardInfo[], make: (shard: ShardInfo) => ShardReading): ShardReading[] {
    for (const shard of listed) {
      if (this.#readings.has(shard.id)) continue;
      const reading = make(shard);
      this.#readings.set(shard.id, reading);
      for (const parent of shard.parents) this.#parents.add(parent);
      if (!isOver(reading)) this.#waiting.add(reading);
    }
    const there = new Set(listed.map(({ id }) => id));
    for (const { id, done } of this) if (done && !there.has(id)) this.#readings.delete(id);
    return [...this].filter((reading) => !there.has(reading.id) && !isOver(reading));
  }

  /** Those that may be read from now on, each once. */
  startable(): ShardReading[] {
    const ready = [...this.#waiting].filter(({ parents }) => parents.every((parent) => this.#isOver(parent)));
    for (const reading of ready) this.#waiting.delete(reading);
    return ready.filter((reading) => !isOver(reading));
  }

  /** A shard ends when others take its place; some that has ended has none that are known yet. */
  get hasUnknownHeirs(): boolean {
    for (const { id, done } of this) if (done && !this.#parents.has(id)) return true;
    return false;
  }

  /** Those of which it is not known that everything was delivered that could be read at `us`. */
  openSince(us: Micros): ShardReading[] {
    return [...this].filter(({ done, provenUs }) => !done && provenUs < us);
  }

  /** A parent that is not listed has gone with its last record. */
  #isOver(id: string): boolean {
    const reading = this.#readings.get(id);
    return reading === undefined || isOver(reading);
  }
}

function isOver({ done, gone }: ShardReading): boolean {
  return done || gone;
}
