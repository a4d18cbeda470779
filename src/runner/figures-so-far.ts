import type { Micros } from '../core/clock.ts';
import type { SenderInterval } from '../engine/board.ts';
import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import { Histogram } from '../metrics/histogram.ts';
import type { EventCounts, LatencySummary, QuantileSummary } from '../metrics/result.ts';
import type { Threshold } from '../metrics/threshold.ts';
import type { Identity, VerifyPlan } from '../plan/plan.ts';
import { finishDelivery, noDelivery } from '../verify/delivery-counts.ts';
import type { SentCounter } from '../wire/sent-counters.ts';
import type { ReaderSoFar } from './reader-so-far.ts';

/** Where a part of a run stands while it is being sent: the whole, a fleet or a target. */
export interface ScopeSoFar {
  /** Since the run was started or last resumed, like everything here. */
  counts: Readonly<Record<SentCounter, number>>;
  /** Events that wait because their devices are offline by design, and perhaps others of the same fleets. */
  held: number;
  /** Slots that were due before `dueUs`; null where nothing is paced. */
  due: number | null;
  /** Time that these slots took, a little less than has passed: what is due this very moment cannot be sent yet. */
  dueUs: Micros;
  /** Slots of the whole run, and how long it sends; 0 where nothing is paced. */
  slots: number;
  lengthUs: Micros;
  latency(interval: SenderInterval): QuantileSummary;
  verify: VerifyPlan | null;
  /** How its events are known. */
  identities: readonly Identity[];
  /** What was read back of it; null where nobody has told. */
  reader: ReaderSoFar | null;
}

const none = new Histogram().summarise();

/**
 * A bound held against what is certain so far. Where the threshold is a lower bound, whatever is still under way is taken to come out as
 * well as it can; where it is an upper bound, it is left out. null where nothing can be said before the end: a number of events that is
 * still growing breaks no lower bound. The figures are those of the scope, as if it were the whole run.
 */
export function figuresSoFar({ metric, kind, operator, value }: Threshold, scope: ScopeSoFar): MeasuredRun | null {
  const lower = operator.startsWith('>');
  if (value.unit === 'events' && (lower || metric === 'intended')) return null;
  const events = lower ? atBest(scope.counts) : soFar(scope.counts);
  const latency = latencies(kind === 'latency' ? metric : null, scope);
  const whole = { fleets: [], targets: [], latency };
  if (kind === 'delivery-count') return lower ? null : readSoFar(scope, latency);
  if (kind === 'rate') {
    const rates = lower ? ratesAtBest(scope) : ratesAtLeast(scope, events);
    if (rates === null || (lower && value.unit === 'events/s' && rates.rate.targetPerSecond < value.amount))
      return null;
    return { ...whole, ...rates, delivery: finishDelivery(noDelivery(), rates.events, [], scope.verify) };
  }
  const counted = lower
    ? { ...events, unknown: scope.counts.unknown }
    : { ...events, unknown: events.unknown + open(scope.counts) };
  return {
    ...whole,
    events,
    rate: { targetPerSecond: 0, achievedPerSecond: 0 },
    delivery: finishDelivery(noDelivery(), counted, [], scope.verify),
  };
}

/** What was read back; a share of it is one of everything that may still be acknowledged. null where nobody has told. */
function readSoFar({ counts, identities, verify, reader }: ScopeSoFar, latency: LatencySummary): MeasuredRun | null {
  if (reader === null) return null;
  const { duplicates, reordered, corrupt, foreign } = reader;
  const known = !identities.includes('none');
  const delivery = {
    ...noDelivery(),
    foreign,
    duplicates: known ? duplicates : null,
    reordered: known ? reordered : null,
    corrupt: known ? corrupt : null,
  };
  const events = atBest(counts);
  return {
    ...{ fleets: [], targets: [], latency, events },
    rate: { targetPerSecond: 0, achievedPerSecond: 0 },
    delivery: finishDelivery(delivery, events, identities, verify),
  };
}

/** Events that were picked up and have no outcome yet. */
function open({ pickedUp, acked, rejected, unknown, noAck, notSent }: ScopeSoFar['counts']): number {
  return Math.max(0, pickedUp - acked - rejected - unknown - noAck - notSent);
}

function soFar({ pickedUp, sent, acked, rejected, unknown, noAck, notSent }: ScopeSoFar['counts']): EventCounts {
  return { intended: pickedUp, notSent, sent, acked, rejected, unknown, noAck, attempts: sent };
}

function atBest(counts: ScopeSoFar['counts']): EventCounts {
  const more = open(counts);
  const { pickedUp, notSent, acked, rejected, unknown, noAck } = counts;
  const sent = pickedUp - notSent;
  return {
    intended: pickedUp,
    notSent: notSent + more,
    sent,
    acked: acked + more,
    rejected: rejected + more,
    unknown: unknown + more,
    noAck: noAck + more,
    attempts: sent,
  };
}

type Rates = Pick<MeasuredRun, 'events' | 'rate'>;

/** Rates over the time so far, of the events that the generator was in time for; null before there are any. */
function ratesAtBest({ counts, held, due, dueUs }: ScopeSoFar): Rates | null {
  if (due === null || due <= 0 || dueUs <= 0) return null;
  const seconds = dueUs / 1e6;
  const sent = counts.sent + held;
  const lost = counts.rejected + counts.unknown + counts.noAck;
  return {
    events: { ...soFar(counts), sent, acked: Math.max(0, sent - lost) },
    rate: { targetPerSecond: Math.min(due, counts.pickedUp) / seconds, achievedPerSecond: sent / seconds },
  };
}

/** Rates over the whole length of the run, if nothing more were sent. */
function ratesAtLeast({ slots, lengthUs }: ScopeSoFar, events: EventCounts): Rates | null {
  if (lengthUs === 0) return null;
  const seconds = lengthUs / 1e6;
  return { events, rate: { targetPerSecond: slots / seconds, achievedPerSecond: events.sent / seconds } };
}

/** The interval that a threshold is about, and how late the generator was itself. */
function latencies(metric: Threshold['metric'] | null, { latency: of, reader }: ScopeSoFar): LatencySummary {
  const asked = (name: Threshold['metric'], interval: SenderInterval): QuantileSummary =>
    metric === name ? of(interval) : none;
  return {
    unit: 'us',
    scheduleLag: metric === null ? none : of('scheduleLag'),
    clientWait: asked('client_wait', 'clientWait'),
    serviceTime: asked('service_time', 'serviceTime'),
    responseTime: asked('response_time', 'responseTime'),
    endToEnd: metric === 'end_to_end' ? (reader?.endToEnd ?? none) : none,
  };
}
