import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { ClockEvidence } from './clock-check.ts';
import type { Law } from './laws.ts';
import type { SettledReading } from './settle-readings.ts';

/** How far the reader's word can be trusted. */
export interface ReaderEvidence {
  /** It ran to its end and said so. */
  finished: boolean;
  /** Why it, or the queue before it, may have let events pass unseen; one sentence each. */
  doubts: readonly string[];
  /** How often its session was lost, and with it whatever came meanwhile. */
  gaps?: number;
  /** Everything that is stored was read: nothing can have passed it, however slow it was. */
  complete?: boolean;
}

/** Everything a verdict may rest on. */
export interface VerdictInput {
  plan: Plan;
  run: MeasuredRun;
  ended: RunResult['run']['ended'];
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
