import { IotloadError } from '../core/errors.ts';

/** What cannot be settled after events were sent is no usage error, whatever it was that failed. */
export function unsettled(error: unknown): unknown {
  if (!(error instanceof IotloadError) || !error.code.startsWith('file-')) return error;
  return new IotloadError('file-corrupt', `the run is over, but it cannot be settled: ${error.message}`, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: 'free some space or mend the files, then: iotload verify DIRECTORY',
    cause: error,
  });
}
