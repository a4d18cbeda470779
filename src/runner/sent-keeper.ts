import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import type { SentMoment } from '../wire/moments.ts';
import type { WrittenSamples } from '../wire/samples.ts';
import type { SentWriter } from '../wire/sent-file.ts';
import type { SentEnd } from '../wire/sent-record.ts';
import type { Promises } from './promises.ts';

/** How often what is new goes to the disk, together with the next promise. */
const FLUSH_MS = 500;

export interface SentKeeperOptions {
  writer: SentWriter;
  clock: Clock;
  promises: Promises;
  /** Slot time before which slots may be sent from now on. */
  grant(promisedUs: Micros): void;
  /** Where the run stands; absent where nobody wants to see it over time. */
  moment?(): SentMoment;
  /** Latencies since the previous call, by fleet and interval. */
  takeSamples(): readonly (readonly WrittenSamples[])[];
  /** Latencies go into the record this often. */
  samplesEveryUs: Micros;
  /** Once, when the record cannot be kept any more. */
  failed(error: IotloadError): void;
}

/**
 * Keeps the `sent` file of a run while it sends. Nothing is sent that a record on the disk has not promised before: so after a crash at
 * any instant it is known what cannot have been sent. A disk that does not keep up makes the workers late, which is the generator's
 * own fault and shows as schedule lag.
 */
export class SentKeeper {
  readonly #options: SentKeeperOptions;
  #cancel = (): void => {};
  #flushing: Promise<void> | null = null;
  #samplesDueUs = 0;
  #broken = false;

  constructor(options: SentKeeperOptions) {
    this.#options = options;
  }

  /** Puts the first promise on the disk and grants it; from then on goes by itself. Rejects with `file-unwritable`. */
  async begin(): Promise<void> {
    const { clock, samplesEveryUs } = this.#options;
    this.#samplesDueUs = clock.nowUs() + samplesEveryUs;
    await this.#flush();
    this.#cancel = clock.every(FLUSH_MS, () => {
      if (this.#flushing !== null) return;
      this.#flushing = this.#flush()
        .catch((error: IotloadError) => this.#fail(error))
        .finally(() => {
          this.#flushing = null;
        });
    });
  }

  /** Adds a worker's frame as it is. */
  append(frame: Uint8Array): void {
    this.#guarded(() => this.#options.writer.append(frame));
  }

  /** See `SentWriter.horizon`. */
  horizon(part: Part, fleet: number, pickedUp: number): void {
    this.#guarded(() => this.#options.writer.horizon(part, fleet, pickedUp));
  }

  /** Writes the last latencies, how the run ended, and the end mark. */
  async end(end: SentEnd): Promise<void> {
    const { writer } = this.#options;
    this.#cancel();
    await this.#flushing;
    try {
      if (!this.#broken) this.#sample();
      await writer.end(end);
    } catch (error) {
      this.#fail(error as IotloadError);
    }
  }

  async #flush(): Promise<void> {
    const { writer, clock, promises, grant, samplesEveryUs } = this.#options;
    const promisedUs = promises.next();
    writer.promise(promises.slotsBelow(promisedUs));
    const nowUs = clock.nowUs();
    if (nowUs >= this.#samplesDueUs) {
      this.#samplesDueUs = nowUs + samplesEveryUs;
      this.#sample();
    }
    await writer.flush();
    grant(promisedUs);
  }

  #sample(): void {
    const { writer, moment, takeSamples } = this.#options;
    if (moment !== undefined) writer.moment(moment());
    writer.samples(takeSamples());
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#fail(error as IotloadError);
    }
  }

  #fail(error: IotloadError): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#options.failed(error);
  }
}
