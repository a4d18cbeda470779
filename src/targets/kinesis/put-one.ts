import { type Clock, sleep } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { PutRecordsAnswer } from '../../wire/kinesis/put-records-answer.ts';
import { PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';
import { CallError, type KinesisCalls } from './calls.ts';
import type { RequestShape } from './put-request.ts';

/** It is sent so often before it is given up. */
const ATTEMPTS = 5;
const PAUSE_MS = 250;

/**
 * Puts one record, apart from all requests of a run.
 * @throws IotloadError `target-unreachable` where it is not taken
 */
export async function putOne(
  calls: Pick<KinesisCalls, 'putRecords'>,
  clock: Clock,
  { stream, form }: Pick<RequestShape, 'stream' | 'form'>,
  address: string,
  payload: Uint8Array,
): Promise<void> {
  const body = new PutRecordsBody({ name: stream }, form);
  const key = Buffer.from(address === '' ? 'iotload' : address);
  body.add(payload, 0, payload.length, key, 0, key.length, null);
  const answer = new PutRecordsAnswer();
  let reason = 'no answer';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(clock, PAUSE_MS);
    try {
      const bytes = await calls.putRecords(body.finish(), form);
      if (answer.read(bytes, 1) && answer.failed === 0) return;
      reason = answer.outcome(0);
    } catch (error) {
      reason = error instanceof CallError ? error.reason : String(error);
      if (error instanceof CallError && (error.failure === 'refused' || error.failure === 'missing')) break;
    }
  }
  throw new IotloadError('target-unreachable', `a record to stream ${stream} was not taken: ${reason}`, {
    where: 'target.stream',
    value: stream,
  });
}
