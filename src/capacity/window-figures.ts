import { total } from '../core/total.ts';
import type { Stretch } from '../report/timeline/timeline.ts';

/** What happened between two instants of a run, as far as its files tell to about a second. */
export interface WindowFigures {
  /** Seconds between the first and the last moment that are known in between. */
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

/** null where too little is known of the window, or nothing was due in it. Instants are slot times. */
export function windowFigures(stretches: readonly Stretch[], fromUs: number, toUs: number): WindowFigures | null {
  const within = stretches.filter((stretch) => stretch.fromUs >= fromUs && stretch.toUs <= toUs);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) return null;
  const seconds = (last.toUs - first.fromUs) / 1e6;
  const due = total(within, (stretch) => stretch.due);
  if (seconds * 1e6 < (toUs - fromUs) * LEAST_SHARE || due === 0) return null;
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
