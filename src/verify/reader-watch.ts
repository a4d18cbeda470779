import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import type { SourceHealth } from '../targets/target.ts';

/** An event loop this busy leaves no time to read. */
const SATURATED = 0.95;
/** This many reads in a second with a full buffer are no coincidence. */
const FULL_READS = 10;
/** One whole second: the queue that a broker keeps for a reader, 1 000 messages by default, overflows in less at any serious rate. */
const SUSTAINED_SECONDS = 1;
/** A look every second that comes later than this finds a reader that did nothing for the second that it is late. */
const STANDSTILL_US = 2_000_000;

/** Watches the reader itself, so that what it could not keep up with is never charged to the broker. */
export class ReaderWatch {
  #saturated = 0;
  #longestSaturated = 0;
  #full = 0;
  #longestFull = 0;
  #fullReads = 0;
  #lastUs: Micros = Number.POSITIVE_INFINITY;
  #longestPauseUs: Micros = 0;

  /**
   * To be called once a second, with the time, the share of time since the previous call in which the event loop was busy, and the
   * source's count of full reads so far.
   */
  second(nowUs: Micros, busy: number, fullReads: number): void {
    this.#longestPauseUs = Math.max(this.#longestPauseUs, nowUs - this.#lastUs);
    this.#lastUs = nowUs;
    this.#saturated = busy > SATURATED ? this.#saturated + 1 : 0;
    this.#full = fullReads - this.#fullReads >= FULL_READS ? this.#full + 1 : 0;
    this.#fullReads = fullReads;
    this.#longestSaturated = Math.max(this.#longestSaturated, this.#saturated);
    this.#longestFull = Math.max(this.#longestFull, this.#full);
  }

  /** Why events may have passed unseen, one sentence each; empty for a healthy reader. */
  doubts({ gaps, brokerDropped }: SourceHealth): string[] {
    const doubts: string[] = [];
    if (gaps > 0) doubts.push(`the reader lost its session ${gaps === 1 ? 'once' : `${gaps} times`}`);
    if (brokerDropped !== null && brokerDropped > 0) {
      doubts.push(`the broker dropped ${brokerDropped} messages for slow readers`);
    }
    if (this.#longestPauseUs > STANDSTILL_US) {
      doubts.push(`the reader stood still for ${formatMicros(this.#longestPauseUs)}`);
    }
    if (this.#longestSaturated >= SUSTAINED_SECONDS) {
      doubts.push(`the reader was busy all the time for ${this.#longestSaturated} s in a row`);
    }
    if (this.#longestFull >= SUSTAINED_SECONDS) {
      doubts.push(`the reader's buffer was full for ${this.#longestFull} s in a row`);
    }
    return doubts;
  }
}
