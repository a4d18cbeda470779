import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import type { TargetPlan } from '../plan/plan.ts';
import type { Reading } from '../plan/readings.ts';
import type { VerifierProgress } from '../verify/protocol.ts';
import { startVerifier, type VerifierHandle } from '../verify/start-verifier.ts';

export interface VerificationOptions {
  /** What it reads, with real endpoints. */
  reading: Reading;
  runId: string;
  shard: Part;
  /** Where what is seen is written. */
  dir: string;
  /** Where the run's `sent` lies; the same directory within a run. */
  runDir: string;
  /** null: fixed later, by `fixAnchor`. */
  anchor: Anchor | null;
  /** Go on with what an earlier verifier of the run has left. */
  resume: boolean;
  /** The run began before: what the targets keep is read from its beginning. Default false. */
  late?: boolean;
  note(text: string): void;
  /** Once, if the verifier fails after it was ready. */
  failed(error: IotloadError): void;
}

/** A verifier that dies again and again would die of the same. */
const MAX_RESTARTS = 3;

/**
 * The verifier process of one run. One that dies while the run is sending is followed by another, which goes on from its record; if that
 * does not help, it costs the proof of delivery, never the run.
 */
export class Verification {
  /** How far it had come when it last told; null before. */
  progress: VerifierProgress | null = null;
  readonly #options: VerificationOptions;
  #handle: VerifierHandle;
  #opened: Promise<void>;
  #anchor: Anchor | null;
  #restarts = 0;
  #onProbe: () => void = () => {};
  #onLateFailure: (error: IotloadError) => void = () => {};
  #failure: IotloadError | null = null;

  constructor(options: VerificationOptions) {
    this.#options = options;
    this.#anchor = options.anchor;
    [this.#handle, this.#opened] = this.#start(options.resume);
  }

  /** Distinct events seen unaltered so far. */
  get verified(): number {
    return this.progress?.seen ?? 0;
  }

  /** Memory of its process, as it last told. */
  get rssBytes(): number {
    return this.progress?.rssBytes ?? 0;
  }

  /** The verifier's process. */
  get pid(): number | undefined {
    return this.#handle.pid;
  }

  /** Resolves when whatever is published from now on will be read. */
  ready(): Promise<void> {
    return this.#opened;
  }

  /** Rejects when the verifier fails; never resolves. */
  failure(): Promise<never> {
    return new Promise((_, reject) => {
      this.#onLateFailure = reject;
    });
  }

  /** Resolves when a readiness marker of this run has been read. */
  probeSeen(): Promise<void> {
    return new Promise((resolve) => {
      this.#onProbe = resolve;
    });
  }

  fixAnchor(anchor: Anchor): void {
    this.#anchor = anchor;
    this.#handle.anchor(anchor);
  }

  /** Waits for what is still to arrive, at most `graceUs`, `cutShort` where more was meant; then `seen` is complete, unless the verifier failed. */
  async finish(graceUs: Micros, cutShort: boolean): Promise<void> {
    while (this.#failure === null) {
      const handle = this.#handle;
      try {
        await this.#opened;
        const { progress } = await handle.finish(graceUs, cutShort);
        this.progress = progress;
        return;
      } catch (error) {
        // If another one has taken its place, that one is asked.
        this.#failed(handle, error as IotloadError);
      }
    }
  }

  /** Shortens a `finish` under way. */
  hurry(graceUs: Micros): void {
    const handle = this.#handle;
    handle.finish(graceUs, true).catch((error: IotloadError) => this.#failed(handle, error));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #start(resume: boolean): [VerifierHandle, Promise<void>] {
    const { reading, runId, shard, dir, runDir, note, late = false } = this.#options;
    const { plan, file, fleets } = reading;
    const { protocol, options } = plan.targets[reading.target] as TargetPlan;
    const whole = plan.targets.length === 1;
    const speaker = whole ? 'verifier' : `verifier of ${reading.name}`;
    const handle = startVerifier({
      probe: () => this.#onProbe(),
      progress: (progress) => {
        this.progress = progress;
      },
      notice: (kind, detail) => {
        if (kind !== 'connecting' && kind !== 'connected') note(`${speaker}: ${kind}: ${detail}`);
      },
      failed: (error) => this.#failed(handle, error),
    });
    const opened = handle.open({
      plan,
      runId,
      shard,
      target: { protocol, options },
      outDir: dir,
      ...(whole ? {} : { file, members: fleets }),
      runDir,
      anchor: this.#anchor,
      resume,
      ...(late ? { late } : {}),
    });
    // Whoever waits for it is told; nobody has to.
    opened.catch(() => {});
    return [handle, opened];
  }

  #failed(handle: VerifierHandle, error: IotloadError): void {
    if (this.#failure !== null || handle !== this.#handle) return;
    if (handle.gone && this.#anchor !== null && this.#restarts < MAX_RESTARTS) {
      this.#restarts++;
      this.#options.note(`${error.message}; another one goes on from its record`);
      [this.#handle, this.#opened] = this.#start(true);
      return;
    }
    this.#failure = error;
    this.#onLateFailure(error);
    this.#options.failed(error);
  }
}
