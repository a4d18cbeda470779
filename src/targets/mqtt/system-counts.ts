import type { Micros } from '../../core/clock.ts';
import type { CountedAt } from '../target.ts';

/** Where Mosquitto and its kin count the publishes they took, and those they dropped for slow readers. */
const COUNTS = '$SYS/broker/publish/messages';
const RECEIVED = `${COUNTS}/received`;
const DROPPED = `${COUNTS}/dropped`;

/** What a broker tells of itself now and then, since a reader was opened; null as long as it has told nothing. */
export class SystemCounts {
  static readonly topics = [RECEIVED, DROPPED];
  #received: Counted | null = null;
  #dropped: Counted | null = null;

  /** Takes a message under `$SYS`. `retained`: the broker had told it before we asked. */
  take(topic: string, payload: string, retained: boolean, atUs: Micros): void {
    const count = Number.parseInt(payload, 10);
    if (!Number.isSafeInteger(count)) return;
    // Who had told nothing yet is so young that it counts from its own start.
    if (topic === RECEIVED) this.#received = counted(this.#received ?? { from: retained ? count : 0 }, count, atUs);
    else if (topic === DROPPED) this.#dropped = counted(this.#dropped ?? { from: count }, count, atUs);
  }

  get dropped(): number | null {
    return this.#dropped === null ? null : this.#dropped.count - this.#dropped.from;
  }

  get received(): CountedAt | null {
    if (this.#received === null) return null;
    const { count, from, atUs } = this.#received;
    return { by: COUNTS, messages: count - from, readAll: false, atUs };
  }
}

interface Counted {
  from: number;
  count: number;
  atUs: Micros;
}

/** A broker that was restarted counts from zero again. */
function counted({ from }: Pick<Counted, 'from'>, count: number, atUs: Micros): Counted {
  return { from: count < from ? 0 : from, count, atUs };
}
