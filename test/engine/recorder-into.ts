import type { Recorder } from '../../src/metrics/recorder.ts';

/** A recorder that keeps every sample. */
export function recorderInto(samples: number[]): Pick<Recorder, 'record' | 'recordMany'> {
  return {
    record: (us) => void samples.push(us),
    recordMany: (us, count) => void samples.push(...Array.from({ length: count }, () => us)),
  };
}
