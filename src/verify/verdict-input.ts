import type { Micros } from '../core/clock.ts';
import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { BrokenThreshold } from '../wire/sent-record.ts';
import type { ClockEvidence } from './clock-check.ts';
import type { Law } from './laws.ts';
import type { ReaderEvidence } from './reader-evidence.ts';
import type { SettledReading } from './settle-readings.ts';

/** Everything a verdict may rest on. */
export interface VerdictInput {
  plan: Plan;
  run: MeasuredRun;
  ended: RunResult['run']['ended'];
  /** Slot time at which sending was over; default: as planned. */
  endedUs?: Micros;
  /** The threshold that ended the run; absent: none did. */
  broken?: BrokenThreshold | undefined;
  /** The record of what was sent is complete. */
  sentTold: boolean;
  laws: readonly Law[];
  /** null: there was no reader, whether or not one was asked for. */
  reader: ReaderEvidence | null;
  /** What was read at each of several targets, which are judged one by one; absent where there is one. */
  readings?: readonly SettledReading[];
  /** Order within a device is promised from end to end. */
  ordered: boolean;
  generator: RunResult['generator'];
  /** Default: sender and reader share one clock. */
  clock?: ClockEvidence;
  /** Thresholds that a flag made impossible to judge: expression → why. */
  skipped: ReadonlyMap<string, string>;
}
