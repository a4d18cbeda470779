import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import { total } from '../core/total.ts';
import type { Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import type { VerifierProgress } from '../verify/protocol.ts';
import { type ReaderSoFar, readerSoFar } from './reader-so-far.ts';
import { Verification, type VerificationOptions } from './verification.ts';

/** As for one verifier; `plan` is that of the run, with real endpoints. */
export interface VerificationsOptions extends Omit<VerificationOptions, 'reading' | 'failed'> {
  plan: Plan;
  /** Once for each verifier that fails after it was ready; `of` names what it reads where there are several. */
  failed(error: IotloadError, of: string | null): void;
}

/** The verifier processes of one run: one for each target that is read back, whether it is judged or a tap. */
export class Verifications {
  readonly #all: readonly { name: string; judged: boolean; verification: Verification }[];

  constructor(options: VerificationsOptions) {
    const { plan, failed, ...rest } = options;
    const readings = readingsOf(plan);
    this.#all = readings.map((reading) => ({
      name: reading.name,
      judged: !reading.tap,
      verification: new Verification({
        ...rest,
        reading,
        failed: (error) => failed(error, readings.length === 1 ? null : reading.name),
      }),
    }));
  }

  /** Distinct events seen unaltered so far, where they are judged. */
  get verified(): number {
    return total(this.#all, ({ judged, verification }) => (judged ? verification.verified : 0));
  }

  /** How far each has come, by the target that it reads; those that have told nothing yet are not among them. */
  get progress(): { target: string; progress: VerifierProgress }[] {
    return this.#all.flatMap(({ name, verification: { progress } }) =>
      progress === null ? [] : [{ target: name, progress }],
    );
  }

  /** What those who are judged have read so far: at a target of that name, or, where none has it, at all of them. */
  soFar(scope: string | null): ReaderSoFar | null {
    const judged = this.#all.filter((one) => one.judged);
    const own = judged.filter(({ name }) => name === scope);
    return readerSoFar((own.length > 0 ? own : judged).map(({ verification }) => verification.progress));
  }

  /** Memory of the processes, as they last told. */
  get rssBytes(): number {
    return total(this.#all, ({ verification }) => verification.rssBytes);
  }

  /** The processes. */
  get pids(): number[] {
    return this.#all.flatMap(({ verification: { pid } }) => (pid === undefined ? [] : [pid]));
  }

  /** Resolves when whatever is published from now on will be read. */
  async ready(): Promise<void> {
    await this.#each((verification) => verification.ready());
  }

  /** Rejects when one of them fails; never resolves. */
  failure(): Promise<never> {
    return Promise.race(this.#all.map(({ verification }) => verification.failure()));
  }

  /** Resolves when each has read a readiness marker of this run. */
  async probeSeen(): Promise<void> {
    await this.#each((verification) => verification.probeSeen());
  }

  fixAnchor(anchor: Anchor): void {
    for (const { verification } of this.#all) verification.fixAnchor(anchor);
  }

  /** As of one of them. They wait side by side. */
  async finish(graceUs: Micros, cutShort: boolean): Promise<void> {
    await this.#each((verification) => verification.finish(graceUs, cutShort));
  }

  hurry(graceUs: Micros): void {
    for (const { verification } of this.#all) verification.hurry(graceUs);
  }

  async close(): Promise<void> {
    await this.#each((verification) => verification.close());
  }

  async #each(act: (verification: Verification) => Promise<void>): Promise<void> {
    await Promise.all(this.#all.map(({ verification }) => act(verification)));
  }
}
