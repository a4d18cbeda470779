import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import type { Plan, TargetPlan, VerifyPlan } from '../plan/plan.ts';
import { startVerifier, type VerifierHandle } from '../verify/start-verifier.ts';

export interface VerificationOptions {
  /** With real endpoints. */
  plan: Plan & { verify: VerifyPlan };
  runId: string;
  shard: Part;
  /** Where `seen` is written. */
  dir: string;
  /** Where the run's `sent` lies; the same directory within a run. */
  runDir: string;
  /** null: fixed later, by `fixAnchor`. */
  anchor: Anchor | null;
  note(text: string): void;
  /** Once, if the verifier fails after it was ready. */
  failed(error: IotloadError): void;
}

/** The verifier process of one run. A verifier that dies costs the proof of delivery, never the run. */
export class Verification {
  /** Distinct events seen unaltered so far. */
  verified = 0;
  /** Memory of its process, as it last told. */
  rssBytes = 0;
  readonly #handle: VerifierHandle;
  readonly #opened: Promise<void>;
  readonly #onFailure: (error: IotloadError) => void;
  #onProbe: () => void = () => {};
  #onLateFailure: (error: IotloadError) => void = () => {};
  #failure: IotloadError | null = null;

  constructor({ plan, runId, shard, dir, runDir, anchor, note, failed }: VerificationOptions) {
    this.#onFailure = failed;
    const { protocol, options } = plan.targets[plan.verify.read] as TargetPlan;
    this.#handle = startVerifier({
      probe: () => this.#onProbe(),
      progress: ({ seen, rssBytes }) => {
        this.verified = seen;
        this.rssBytes = rssBytes;
      },
      notice: (kind, detail) => {
        if (kind !== 'connecting' && kind !== 'connected') note(`verifier: ${kind}: ${detail}`);
      },
      failed: (error) => this.#failed(error),
    });
    this.#opened = this.#handle.open({
      plan,
      runId,
      shard,
      target: { protocol, options },
      outDir: dir,
      runDir,
      anchor,
    });
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
    this.#handle.anchor(anchor);
  }

  /** Waits for what is still to arrive, at most `graceUs`, `cutShort` where more was meant; then `seen` is complete, unless the verifier failed. */
  async finish(graceUs: Micros, cutShort: boolean): Promise<void> {
    if (this.#failure !== null) return;
    try {
      const { progress } = await this.#handle.finish(graceUs, cutShort);
      this.verified = progress.seen;
    } catch (error) {
      this.#failed(error as IotloadError);
    }
  }

  /** Shortens a `finish` under way. */
  hurry(graceUs: Micros): void {
    this.#handle.finish(graceUs, true).catch((error: IotloadError) => this.#failed(error));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #failed(error: IotloadError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#onLateFailure(error);
    this.#onFailure(error);
  }
}
