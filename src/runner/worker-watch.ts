import type { Micros } from '../core/clock.ts';
import type { GcPauses } from '../core/gc-pauses.ts';
import { formatMicros } from '../core/units.ts';
import { formatShare } from '../metrics/format-share.ts';

/** A worker this busy for this many seconds in a row is called saturated. */
const BUSY_SHARE = 0.85;
const BUSY_SECONDS = 5;
/** A single collection longer than this, or a share of the time larger than that, is felt by events that are due. */
const GC_PAUSE_US = 50_000;
const GC_SHARE = 0.05;

/** Watches the thread of one worker. */
export class WorkerWatch {
  readonly #worker: number;
  #seconds = 0;
  #busySeconds = 0;
  #longestBusy = 0;
  #gcUs: Micros = 0;
  #longestGcUs: Micros = 0;

  constructor(worker: number) {
    this.#worker = worker;
  }

  /** One second: the share of time in which its event loop was busy, and its garbage collection. */
  second(busy: number, gc: GcPauses): void {
    this.#seconds++;
    this.#busySeconds = busy > BUSY_SHARE ? this.#busySeconds + 1 : 0;
    this.#longestBusy = Math.max(this.#longestBusy, this.#busySeconds);
    this.#gcUs += gc.totalUs;
    this.#longestGcUs = Math.max(this.#longestGcUs, gc.longestUs);
  }

  signals(): string[] {
    const signals: string[] = [];
    if (this.#longestBusy >= BUSY_SECONDS) {
      const share = formatShare(BUSY_SHARE);
      signals.push(
        `worker ${this.#worker} was busy more than ${share} of the time for ${this.#longestBusy} s in a row: use more workers, or lower the rate`,
      );
    }
    const gcShare = this.#seconds === 0 ? 0 : this.#gcUs / (this.#seconds * 1e6);
    if (this.#longestGcUs > GC_PAUSE_US || gcShare > GC_SHARE) {
      const [longest, share] = [formatMicros(this.#longestGcUs), formatShare(Math.round(gcShare * 1000) / 1000)];
      signals.push(
        `worker ${this.#worker} collected garbage for ${share} of the time, ${longest} at a time: use more workers, or a smaller backlog`,
      );
    }
    return signals;
  }
}
