import { type Clock, sleep } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { missingStream, openingError } from './call-errors.ts';
import { CallError, type KinesisCalls, type StreamSummary } from './calls.ts';
import type { KinesisOptions } from './options.ts';

/** Pause between two looks at a stream that changes; ten a second are allowed, to all that look. */
const LOOK_MS = 200;
/** AWS makes a stream in well under a minute. */
const MADE_US = 120_000_000;

/** A stream that takes records. */
export interface ReadyStream extends StreamSummary {
  /** This run made it. */
  created: boolean;
}

/**
 * The stream, created where it does not exist and the options say so; resolves when it takes records.
 * @throws IotloadError `target-refused`, `target-unreachable`
 */
export async function readyStream(
  calls: KinesisCalls,
  stream: string,
  options: KinesisOptions,
  clock: Clock,
): Promise<ReadyStream> {
  const deadlineUs = clock.nowUs() + MADE_US;
  let created = false;
  for (;;) {
    const summary = await patiently(() => calls.describe(), clock, deadlineUs, options, stream);
    if (summary !== null && (summary.status === 'ACTIVE' || summary.status === 'UPDATING'))
      return { ...summary, created };
    if (summary === null && !created) {
      const { create } = options;
      if (create === null) throw missingStream(options, stream);
      await patiently(() => calls.create(create.shards), clock, deadlineUs, options, stream);
      created = true;
    }
    if (clock.nowUs() > deadlineUs) {
      throw new IotloadError('target-unreachable', `stream ${stream} is still ${summary?.status ?? 'not there'}`, {
        where: 'target.stream',
        value: stream,
        hint: 'Wait until it is ACTIVE, then start again.',
      });
    }
    await sleep(clock, LOOK_MS);
  }
}

/** Makes a call again while the service says that there were too many. */
async function patiently<T>(
  call: () => Promise<T>,
  clock: Clock,
  deadlineUs: number,
  options: KinesisOptions,
  stream: string,
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const passing = error instanceof CallError && error.failure === 'throttled' && clock.nowUs() < deadlineUs;
      if (!passing) throw openingError(error, options, stream);
      await sleep(clock, LOOK_MS);
    }
  }
}
