import type { Micros } from '../core/clock.ts';
import type { Standing } from '../core/standstill.ts';
import { formatMicros } from '../core/units.ts';
import type { SourceHealth } from '../targets/target.ts';

/** An event loop this busy leaves no time to read. */
const SATURATED = 0.95;
/** This many reads in a second with a full buffer are no coincidence. */
const FULL_READS = 10;
/** One whole second: the queue that a broker keeps for a reader, 1 000 messages by default, overflows in less at any serious rate. */
const SUSTAINED_SECONDS = 1;
/** A reader that stood still for half of a second left its queue to the broker for as long. */
const STOOD_US = 500_000;

/** Gaps that are told one by one. */
const TOLD_GAPS = 3;

/** Watches the reader itself, so that what it could not keep up with is never charged to the broker. */
export class ReaderWatch {
  #saturated = 0;
  #longestSaturated = 0;
  #full = 0;
  #longestFull = 0;
  #fullReads = 0;
  #stoodUs: Micros = 0;
  #longestPauseUs: Micros = 0;

  /**
   * To be called once a second, with the share of time since the previous call in which the event loop was busy, and the source's count
   * of full reads so far.
   */
  second(busy: number, fullReads: number): void {
    this.#saturated = busy > SATURATED ? this.#saturated + 1 : 0;
    this.#full = fullReads - this.#fullReads >= FULL_READS ? this.#full + 1 : 0;
    this.#fullReads = fullReads;
    this.#longestSaturated = Math.max(this.#longestSaturated, this.#saturated);
    this.#longestFull = Math.max(this.#longestFull, this.#full);
  }

  /** Time for which the process did not run since the previous call, which was about a second ago or, at the end, less. */
  stood({ totalUs, longestUs }: Standing): void {
    this.#stoodUs = Math.max(this.#stoodUs, totalUs);
    this.#longestPauseUs = Math.max(this.#longestPauseUs, longestUs);
  }

  /** Why events may have passed unseen, one sentence each; empty for a healthy reader. */
  doubts({ gaps, gapNames, brokerDropped }: SourceHealth): string[] {
    const doubts: string[] = [];
    if (gapNames !== undefined) doubts.push(...told(gaps, gapNames));
    else if (gaps > 0) doubts.push(`the reader lost its session ${gaps === 1 ? 'once' : `${gaps} times`}`);
    if (brokerDropped !== null && brokerDropped > 0) {
      doubts.push(`the broker dropped ${brokerDropped} messages for slow readers`);
    }
    if (this.#stoodUs >= STOOD_US) {
      const longest = formatMicros(this.#longestPauseUs);
      const stood =
        this.#longestPauseUs >= STOOD_US ? longest : `${formatMicros(this.#stoodUs)} of a second, ${longest} at a time`;
      doubts.push(`the reader stood still for ${stood} (leave the verifier more CPU, and do not suspend it)`);
    }
    if (this.#longestSaturated >= SUSTAINED_SECONDS) {
      doubts.push(
        `the reader was busy all the time for ${this.#longestSaturated} s in a row (leave it more CPU, or lower the rate)`,
      );
    }
    if (this.#longestFull >= SUSTAINED_SECONDS) {
      doubts.push(`the reader's buffer was full for ${this.#longestFull} s in a row`);
    }
    return doubts;
  }
}

function told(gaps: number, names: readonly string[]): string[] {
  const first = names.slice(0, TOLD_GAPS);
  return gaps > first.length ? [...first, `${gaps - first.length} more gaps in what was read`] : first;
}
