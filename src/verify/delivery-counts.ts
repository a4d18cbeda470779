import type { DeliveryCounts, EventCounts } from '../metrics/result.ts';
import type { Identity, VerifyPlan } from '../plan/plan.ts';

/** The counts of a delivery, without what follows from them. */
export type PlainDelivery = Omit<DeliveryCounts, 'identity' | 'expect' | 'coverage' | 'lossUpperBound95'>;

/** Zero of everything. */
export function noDelivery(): PlainDelivery {
  return {
    received: 0,
    verified: 0,
    lost: 0,
    missing: 0,
    duplicates: 0,
    permittedDuplicates: 0,
    reordered: 0,
    corrupt: 0,
    late: 0,
    phantom: 0,
    recovered: 0,
    foreign: 0,
    reread: 0,
    unseenUnknown: 0,
    unseenNoAck: 0,
  };
}

/** Adds counts; what one summand cannot tell, the sum cannot tell. */
export function addDelivery(sum: PlainDelivery, part: PlainDelivery): void {
  for (const key of Object.keys(sum) as (keyof PlainDelivery)[]) {
    const [a, b] = [sum[key], part[key]];
    // Only keys that may be null ever are.
    (sum as Record<keyof PlainDelivery, number | null>)[key] = a === null || b === null ? null : a + b;
  }
}

/** Completes counts to what the result document holds; `verify` null says that delivery was not checked. */
export function finishDelivery(
  counts: PlainDelivery,
  events: EventCounts,
  identities: readonly Identity[],
  verify: VerifyPlan | null,
): DeliveryCounts {
  const [identity, ...others] = new Set(identities);
  const answered = events.acked + events.unknown;
  return {
    identity: verify === null ? 'not checked' : others.length > 0 || identity === undefined ? 'mixed' : identity,
    expect: verify?.expect ?? 'not asked',
    ...counts,
    coverage: answered === 0 ? null : events.acked / answered,
    lossUpperBound95:
      verify === null || events.acked === 0 ? null : lossUpperBound95(counts.lost + counts.missing, events.acked),
  };
}

/**
 * 95 % upper bound of a loss ratio after `losses` in `events`: the rule of three, 3/n, for none; otherwise the Poisson bound of Wilson
 * and Hilferty, (k+1)·(1 − 1/(9(k+1)) + z/(3√(k+1)))³ / n with z = 1.6449.
 */
export function lossUpperBound95(losses: number, events: number): number {
  if (losses === 0) return Math.min(1, 3 / events);
  const k = losses + 1;
  const root = 1 - 1 / (9 * k) + 1.6449 / (3 * Math.sqrt(k));
  return Math.min(1, (k * root * root * root) / events);
}
