import type { CapacityObserver } from '../capacity/start-capacity.ts';
import { formatDuration, formatMicros } from '../core/units.ts';
import { loadText } from '../plan/loads.ts';
import type { CapacityPlan } from '../plan/resolve-capacity.ts';
import { type ProgressDisplay, type ProgressMode, progressDisplay } from './progress.ts';

/** Progress of a search on stderr: a line for each step and what came of it, and in between what a run shows. */
export function stepDisplay(mode: ProgressMode, capacity: CapacityPlan): CapacityObserver & ProgressDisplay {
  let display = progressDisplay(mode);
  const { holdUs, settleUs } = capacity;
  const note = (text: string): void => display.note(text);
  return {
    update: (progress) => display.update(progress),
    progress: (progress) => display.update(progress),
    note,
    end: () => display.end(),
    step({ level, purpose, step, atMost }) {
      // Each run begins its own.
      display.end();
      display = progressDisplay(mode);
      const left = formatDuration(Math.ceil(((atMost - step + 1) * (holdUs + settleUs)) / 1e6) * 1e6);
      const why = purpose === 'ramp' ? '' : `, ${purposes[purpose]}`;
      note(`step ${step} of ${atMost} at most: ${loadText(capacity, level)}${why} (${left} left at most)`);
    },
    stepped({ level, verdict, reasons, latency }) {
      display.end();
      const { p99 } = latency.responseTime;
      const figures = p99 === null ? '' : `response p99 ${formatMicros(p99)}`;
      const told = verdict === 'holds' ? figures : (reasons[0] ?? figures);
      note(`${loadText(capacity, level)} ${verdicts[verdict]}${told === '' ? '' : `: ${told}`}`);
    },
  };
}

const purposes = { bisect: 'between the two', confirm: 'once more', ladder: 'as planned' } as const;

const verdicts = {
  holds: 'holds',
  breaks: 'breaks',
  generator: 'says nothing, the generator was full',
  unsure: 'says nothing',
} as const;
