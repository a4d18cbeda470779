import type { Micros } from '../core/clock.ts';
import { total } from '../core/total.ts';
import type { Stretch } from '../report/timeline/timeline.ts';

/** What happened in a window of a run, as far as its files tell to about a second. */
export interface WindowFigures {
  /** Seconds between the first and the last moment that are known of it. */
  seconds: number;
  offeredPerSecond: number;
  sentPerSecond: number;
  /** Acknowledged, or handed over where nobody acknowledges. */
  takenPerSecond: number;
  /** By how many seconds' load what is due and has no outcome yet has grown. */
  backlogSeconds: number;
}

/** Of less than this share of a window nothing is said. */
const LEAST_SHARE = 0.5;

/** What the stretches within a window of this length say together; null where they are too little of it, or nothing was due in them. */
export function windowFigures(within: readonly Stretch[], lengthUs: Micros): WindowFigures | null {
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) return null;
  const seconds = (last.toUs - first.fromUs) / 1e6;
  const due = total(within, (stretch) => stretch.due);
  if (seconds * 1e6 < lengthUs * LEAST_SHARE || due === 0) return null;
  const taken = total(within, ({ acked, noAck }) => acked + noAck);
  const settled = taken + total(within, ({ rejected, unknown, notSent }) => rejected + unknown + notSent);
  return {
    seconds,
    offeredPerSecond: due / seconds,
    sentPerSecond: total(within, ({ sent }) => sent) / seconds,
    takenPerSecond: taken / seconds,
    backlogSeconds: ((due - settled) * seconds) / due,
  };
}
