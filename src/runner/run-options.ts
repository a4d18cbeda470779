import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { LiveRun } from './live-run.ts';
import type { RunProgress } from './run-progress.ts';

export interface RunOptions {
  plan: Plan;
  /** null: a new one, or that of the run that is gone on with. */
  runId: string | null;
  shard: Part;
  workers: number;
  /** Results directory; null for the default, a new one for every run. */
  out: string | null;
  /**
   * Go on with the run in `out`, if there is one that was cut off or stopped: under its own id and start, with as many workers as it had.
   * What fell due meanwhile is not sent.
   */
  resume?: boolean;
  /** Wall-clock instant of slot time 0; null for "as soon as everything is ready". */
  startAtWallUs: Micros | null;
  /** How far this host's clock may be from that of a verifier on another one; null where nobody said. */
  clockBoundUs?: Micros | null;
  /** The command as typed, for the result. */
  command: string;
  /** Version of iotload, for the result. */
  version: string;
  clock: Clock;
  observer: RunObserver;
  /**
   * Writes further files about a result into its directory, before the result itself, and resolves with the result that names them. Everything
   * else is there by then. Absent for none.
   */
  report?(dir: string, result: RunResult): Promise<RunResult>;
}

export interface RunObserver {
  progress(progress: RunProgress): void;
  /** One line about something that happened. */
  note(text: string): void;
  /** The run has its workers and verifiers: what it has done can be looked at from now on, for as long as the process lives. */
  live?(run: LiveRun): void;
  /** The process that reads back has been started. */
  verifierStarted?(pid: number): void;
}
