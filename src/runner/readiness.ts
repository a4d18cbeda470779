import type { Anchor } from '../core/anchor.ts';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';

/** A readiness marker that was not seen is published again after this time, and given up after the longer one. */
const PROBE_AGAIN_MS = 500;
const PROBE_TIMEOUT_MS = 10_000;
/** Between the workers' release and slot time 0: long enough for every thread to compile its events and be asleep before. */
export const LEAD_US = 300_000;

/** How a marker is published and read back. */
export interface Probe {
  publish(): void;
  /** Resolves when a marker has been read. */
  seen: Promise<void>;
  /** Why publishing failed, if it did. */
  failure(): IotloadError | null;
  stopped(): boolean;
}

/**
 * Publishes markers until one has taken the way that the events will take, to the verifier. Rejects with `verifier-not-ready` when none
 * does, or with the reason why none could be published.
 */
export async function awaitProbe(clock: Clock, probe: Probe): Promise<void> {
  const deadlineUs = clock.nowUs() + PROBE_TIMEOUT_MS * 1000;
  const seen = probe.seen.then(() => true);
  while (!probe.stopped()) {
    probe.publish();
    if (await Promise.race([seen, sleep(clock, PROBE_AGAIN_MS).then(() => false)])) return;
    const failure = probe.failure();
    if (failure !== null) throw failure;
    if (clock.nowUs() < deadlineUs) continue;
    throw new IotloadError('verifier-not-ready', 'what is published does not reach the verifier', {
      where: 'verify',
      value: `no marker came back in ${PROBE_TIMEOUT_MS / 1000} s`,
      hint: 'check that the login may subscribe to the topic, or run with --no-verify',
    });
  }
}

/** Refuses a start that has passed: a shard that begins late would not be part of the run that the others make. */
export function refuseLateStart(clock: Clock, startAtWallUs: Micros | null): void {
  if (startAtWallUs === null || startAtWallUs > clock.wallUs()) return;
  throw new IotloadError('bad-arguments', 'the start is in the past', {
    where: '--start-at',
    value: new Date(startAtWallUs / 1000).toISOString(),
    hint: 'connecting takes its time too: choose an instant some seconds ahead, the same for every shard',
  });
}

/** Fixes slot time 0, a whole millisecond: the given start, or as soon as everyone can be there. */
export function fixAnchor(clock: Clock, runId: string, startAtWallUs: Micros | null): Anchor {
  refuseLateStart(clock, startAtWallUs);
  const nowUs = clock.nowUs();
  const wallUs = clock.wallUs();
  const startWallUs = startAtWallUs ?? Math.ceil((wallUs + LEAD_US) / 1000) * 1000;
  return { runId, startWallUs, startMonoUs: nowUs + (startWallUs - wallUs) };
}
