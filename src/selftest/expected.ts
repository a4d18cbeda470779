import type { DeliveryCounts, EventCounts } from '../metrics/result.ts';
import type { FindingKind } from '../verify/findings.ts';
import type { Subject, Truth } from './subject.ts';

/** Counts of a delivery that the truth determines. */
export type TrueDelivery = Omit<DeliveryCounts, 'identity' | 'expect' | 'lossUpperBound95'>;

/** What a run has to report. */
export interface Expected {
  /** Without attempts where some may have been in vain that nobody saw. */
  events: Omit<EventCounts, 'attempts'> & Partial<Pick<EventCounts, 'attempts'>>;
  delivery: TrueDelivery;
  /** Slots that the findings have to name, ascending. */
  findings: Readonly<Record<FindingKind, readonly number[]>>;
}

/**
 * What a run of `intended` events has to report when this is what was done to it. Late events that had not been delivered yet count as
 * absent.
 */
export function expectedOf(
  intended: number,
  { slots, ...truth }: Truth,
  { absence, repeats }: Pick<Subject, 'absence' | 'repeats'>,
): Expected {
  const delivered = new Set(truth.deliveredLate);
  const neverCame = slots.late.filter((slot) => !delivered.has(slot));
  const absent = ascending([...slots.lose, ...slots.alter, ...neverCame]);
  const phantoms = slots['refuse-yet-deliver'];
  const rejected = slots.refuse.length + phantoms.length;
  // Those that are sent again arrive like any other.
  const recovered = repeats ? 0 : slots['lose-ack'].length;
  const swallowed = repeats ? 0 : slots.swallow.length;
  const unknown = recovered + swallowed;
  const acked = intended - rejected - unknown;
  const verified = intended - absent.length - rejected - swallowed;
  const reordered = ascending([...slots.swap, ...truth.overtakenLate]);
  return {
    events: {
      ...{ intended, notSent: 0, sent: intended, acked, rejected, unknown, noAck: 0 },
      ...(repeats ? {} : { attempts: intended }),
    },
    delivery: {
      received: verified + phantoms.length + slots.double.length + slots.alter.length + truth.foreign,
      verified,
      lost: absence === 'lost' ? absent.length : 0,
      missing: absence === 'lost' ? 0 : absent.length,
      duplicates: slots.double.length,
      permittedDuplicates: 0,
      reordered: reordered.length,
      corrupt: slots.alter.length,
      late: 0,
      phantom: phantoms.length,
      recovered,
      foreign: truth.foreign,
      reread: 0,
      unseenUnknown: swallowed,
      unseenNoAck: 0,
      coverage: acked + unknown === 0 ? null : acked / (acked + unknown),
    },
    findings: {
      lost: absence === 'lost' ? absent : [],
      missing: absence === 'lost' ? [] : absent,
      duplicate: ascending(slots.double),
      reordered,
      corrupt: ascending(slots.alter),
      phantom: ascending(phantoms),
    },
  };
}

function ascending(slots: readonly number[]): number[] {
  return [...slots].sort((a, b) => a - b);
}
