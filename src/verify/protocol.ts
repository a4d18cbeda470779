import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { PlainError } from '../core/errors.ts';
import type { BucketCounts } from '../metrics/bucket-counts.ts';
import type { QuantileSummary } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { NoticeKind, TargetOptions } from '../targets/target.ts';
import type { SeenEnd } from '../wire/seen-file.ts';

/** What the verifier needs before it can read. */
export interface VerifierTask {
  plan: Plan;
  runId: string;
  shard: Part;
  /** The target to read, its endpoint a real one. */
  target: { protocol: string; options: TargetOptions };
  /** The directory in which what is seen is written, and the name of the file there; absent: `seen`. */
  outDir: string;
  file?: string;
  /** Places in the run's plan of the fleets of `plan`; absent: all, in their order. */
  members?: readonly number[];
  /** Where the run's `sent` will lie. */
  runDir: string;
  /** null: not fixed yet, or never known to this host. */
  anchor: Anchor | null;
  /** Go on with the `seen` that an earlier verifier of the run has left there, if there is one. */
  resume?: boolean;
  /** The run began before this verifier: what the target keeps is read from its beginning. */
  late?: boolean;
}

/** Messages to the verifier, in this order; `finish` again, with less grace, hurries it. */
export type ToVerifier =
  | { kind: 'open'; task: VerifierTask }
  | { kind: 'anchor'; anchor: Anchor }
  /**
   * Everything was sent and `sent` is complete: wait for the rest at most this long, write the end of `seen`, and say `done`. `cutShort`:
   * this is less than the grace that the events were promised, so what is still outstanding then is no accusation.
   */
  | { kind: 'finish'; graceUs: Micros; cutShort: boolean }
  /** Close everything as it is. */
  | { kind: 'abort' };

/** How far reading has come. */
export interface VerifierProgress {
  /** Everything read, probes excepted. */
  received: number;
  /** Distinct events of this run, unaltered. */
  seen: number;
  duplicates: number;
  reordered: number;
  corrupt: number;
  foreign: number;
  /** µs; null while there is no sample. */
  endToEndP50Us: Micros | null;
  endToEndP99Us: Micros | null;
  /** End-to-end times of the whole run, as of about a second ago. */
  endToEnd: BucketCounts;
  times: QuantileSummary;
  /** Why events may have passed unseen so far; one sentence each. */
  doubts: string[];
  /** Events still waited for; null before `finish`. */
  outstanding: number | null;
  /** Resident memory of the verifier. */
  rssBytes: number;
}

/** Messages from the verifier. */
export type FromVerifier =
  /** Whatever is published from now on will be read. */
  | { kind: 'ready' }
  /** A readiness marker of this run arrived, the `count`-th. */
  | { kind: 'probe'; count: number }
  | { kind: 'progress'; progress: VerifierProgress }
  | { kind: 'notice'; notice: NoticeKind; detail: string }
  /** `seen` is complete. */
  | { kind: 'done'; end: SeenEnd; progress: VerifierProgress }
  /** It gave up; nothing follows. */
  | { kind: 'failed'; error: PlainError };
