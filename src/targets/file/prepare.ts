import type { PrepareContext, TargetOptions } from '../target.ts';
import { hostsOf, openLanding } from './landing-place.ts';

/**
 * Looks whether the bucket is there, before workers and verifier come; a folder is made by whoever writes. Resolves with what it found.
 * @throws IotloadError what the store has against it
 */
export async function prepare(options: TargetOptions, context: PrepareContext): Promise<string> {
  if (hostsOf(options).length === 0) return 'nothing to prepare';
  const { place } = await openLanding(options, context.runId);
  try {
    await place.prepare();
    return `accepted; ${place.title} can be looked at`;
  } finally {
    place.close();
  }
}
