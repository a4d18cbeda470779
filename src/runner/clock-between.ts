import type { Micros } from '../core/clock.ts';
import { isSameHost } from '../core/host.ts';
import type { PlanDocument } from './plan-document.ts';

/**
 * What end-to-end times of a verifier that was started by hand rest on: on one host on the same clocks, otherwise on the larger of the
 * bounds that run and verifier were given. `givenUs` outranks both.
 */
export function boundBetween(run: PlanDocument, reader: PlanDocument, givenUs: Micros | null): Micros | null {
  if (givenUs !== null) return givenUs;
  if (isSameHost(run.host, reader.host)) return 0;
  const told = [run.clockBoundUs ?? null, reader.clockBoundUs ?? null].filter((bound) => bound !== null);
  return told.length === 0 ? null : Math.max(...told);
}
