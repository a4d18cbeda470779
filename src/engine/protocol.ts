import type { MessagePort } from 'node:worker_threads';
import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { PlainError } from '../core/errors.ts';
import type { GcPauses } from '../core/gc-pauses.ts';
import type { Recording } from '../models/recording/recording.ts';
import type { Plan } from '../plan/plan.ts';
import type { NoticeKind } from '../targets/target.ts';
import type { PartitionGain } from '../wire/partition-counts.ts';

/** What a worker is started with. One task per thread, for the whole run. */
export interface WorkerTask {
  plan: Plan;
  runId: string;
  part: Part;
  /** Workers of this shard; they share the bounds that a target has as a whole. */
  workers: number;
  /** This worker's board, see `board.ts`. */
  board: SharedArrayBuffer;
  port: Pick<MessagePort, 'on' | 'postMessage' | 'close'>;
  /** What models have read from files, in shared memory. */
  recordings: readonly Recording[];
  /** The run goes on after it was cut off or stopped. */
  resumes: boolean;
}

/** When and where sending starts. */
export interface Start {
  /** Slot time 0 is `anchor.startMonoUs`. */
  anchor: Anchor;
  /** By fleet, the first slot to send. */
  from: readonly number[];
  /** Slot time at which sending begins: 0, or later where a run is gone on with. */
  fromUs: Micros;
}

/** Main thread to worker. Stopping is not a message but a flag on the board. */
export type ToWorker =
  /** Publish the readiness marker once to every target that is read back. */
  { kind: 'probe' } | ({ kind: 'go' } & Start);

/** Worker to main thread. The task's return value is its last word. */
export type FromWorker =
  /** Every sink is open. */
  | { kind: 'ready' }
  | { kind: 'probe-failed'; error: PlainError }
  /** So many connections of this worker to a target have been up. */
  | { kind: 'connections'; target: string; up: number; of: number }
  /** Outcomes since the last frame, a payload for the `sent` file; the buffer is transferred. */
  | { kind: 'frame'; frame: Uint8Array }
  /** What the partitions of a target, by its index, took since this was last told. */
  | { kind: 'partitions'; target: number; gain: PartitionGain }
  /** The backlog of this target is full and its policy is to end the run. */
  | { kind: 'overflow'; target: string }
  /** So many events were sent again as the same message, which the target may pass on twice. */
  | { kind: 'doubled'; count: number }
  | { kind: 'notice'; target: string; notice: NoticeKind; detail: string; count: number }
  /** Share of the last second in which this thread's event loop was busy, 0…1, and its garbage collection. */
  | { kind: 'load'; busy: number; gc: GcPauses };

/** One kind of error of one worker. */
export interface ErrorTally {
  /** `<target>/<outcome or notice>`. */
  code: string;
  message: string;
  count: number;
  firstWallUs: number;
}

/** A worker's last word. An error crosses the thread border as data: a cloned `Error` loses its code and hint. */
export interface WorkerReport {
  /** What ended the worker before its time; null after an orderly end. */
  failed: PlainError | null;
  errors: ErrorTally[];
  /** Monotonic time at which the last event was handed to its sink. */
  sendingEndedUs: Micros;
}
