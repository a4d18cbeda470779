import { join } from 'node:path';
import { TRUTH_STRETCH, type TruthQuestion } from '../answers/truth.ts';
import { writeTruth } from '../answers/truth-file.ts';
import type { Clock } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import { total } from '../core/total.ts';
import { formatCount } from '../core/units.ts';
import type { RunResult } from '../metrics/result.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import type { FleetPlan } from '../plan/plan.ts';
import { runFiles } from './run-directory.ts';

/** Making events again takes about a microsecond each; beyond this many nobody would want to wait for it at the end of a run. */
const MOST_EVENTS = 20_000_000;

/** Longer than this nobody shall wait without a word; then again after each further stretch of time. */
const SILENT_US = 2_000_000;
const TOLD_EVERY_US = 5_000_000;

export interface TruthKeeper {
  dir: string;
  clock: Clock;
  note(text: string): void;
  failed(error: IotloadError): void;
}

/**
 * Writes `truth.ndjson` beside the results, of a run that was cut short as far as events can have been sent. Resolves with what to add to the
 * result's files. A truth that cannot be kept costs nothing else. Runs that send nowhere have none.
 */
export async function keepTruth(
  question: TruthQuestion,
  { dir, clock, note, failed }: TruthKeeper,
): Promise<RunResult['files']> {
  const { plan } = question;
  if (plan.targets.every(({ protocol }) => protocol === 'discard')) return {};
  const events = total(fleetGroups(plan), ([place]) => (plan.fleets[place as number] as FleetPlan).slots);
  if (events > MOST_EVENTS) {
    note(`${runFiles.truth} is left out: it is written for at most ${MOST_EVENTS} events, and this run has ${events}`);
    return {};
  }
  try {
    await writeTruth(
      join(dir, runFiles.truth),
      question,
      pauses(clock, (done) => {
        note(`${runFiles.truth}: ${formatCount(done)} of at most ${formatCount(events)} events have been made again`);
      }),
    );
    return { truth: runFiles.truth };
  } catch (error) {
    failed(error as IotloadError);
    return {};
  }
}

/** Lets others do something, and says now and then how many events it has come through. */
function pauses(clock: Clock, tell: (done: number) => void): () => Promise<void> {
  let done = 0;
  let nextUs = clock.nowUs() + SILENT_US;
  return () => {
    done += TRUTH_STRETCH;
    const nowUs = clock.nowUs();
    if (nowUs >= nextUs) {
      nextUs = nowUs + TOLD_EVERY_US;
      tell(done);
    }
    return new Promise((resolve) => clock.soon(resolve));
  };
}
