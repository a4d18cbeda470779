import type { Micros } from '../core/clock.ts';
import { Outcome } from '../core/outcome.ts';
import { add, counterOf } from './board.ts';
import { type EngineFleet, type EngineOptions, intendedUs, isCopy } from './engine-fleet.ts';

/** Events of one fleet with the same outcome at the same instant: `slots[0 … count)`, each with when it was sent. */
export interface Settlement {
  fleet: number;
  slots: Float64Array;
  sentAtUs: Float64Array;
  count: number;
  outcome: Outcome;
  atUs: Micros;
}

/** Enters outcomes into journal, histograms and counters. `startUs` is slot time 0 on the monotonic clock. */
export function settle(
  options: EngineOptions,
  startUs: Micros,
  { fleet: index, slots, sentAtUs, count, outcome, atUs }: Settlement,
): void {
  const fleet = options.fleets[index] as EngineFleet;
  const { counters, recorders } = fleet.board;
  const { measured, unpaced } = options;
  const answered = outcome === Outcome.acked || outcome === Outcome.noAck;
  const doubles = fleet.behavior?.doubles ?? false;
  let copies = 0;
  // What was sent at one instant and answered at one instant took equally long: one look at the histogram for all of it.
  let alike = 0;
  let alikeSentUs = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    if (doubles && isCopy(slot)) {
      copies++;
      continue;
    }
    options.settle(index, slot, outcome);
    if (!answered) continue;
    const dueUs = intendedUs(fleet, slot, fleet.profile.timeOf(slot));
    if (dueUs < measured.fromUs || dueUs >= measured.toUs) continue;
    const sentUs = sentAtUs[i] as number;
    if (sentUs !== alikeSentUs) {
      recordAlike(fleet, unpaced, atUs - alikeSentUs, alike);
      alikeSentUs = sentUs;
      alike = 0;
    }
    alike++;
    if (!unpaced) recorders.responseTime.record(atUs - startUs - dueUs);
  }
  recordAlike(fleet, unpaced, atUs - alikeSentUs, alike);
  // What became of a second copy is nobody's outcome.
  if (copies > 0) options.attemptedAgain(index, copies);
  add(counters, counterOf[outcome] as number, count - copies);
}

/** Unpaced, no instant was intended but that of sending. */
function recordAlike({ board: { recorders } }: EngineFleet, unpaced: boolean, us: Micros, count: number): void {
  if (count === 0) return;
  recorders.serviceTime.recordMany(us, count);
  if (unpaced) recorders.responseTime.recordMany(us, count);
}
