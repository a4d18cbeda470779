import { evaluateThreshold, type MeasuredRun } from '../metrics/evaluate-threshold.ts';
import { type MetricKind, type MetricName, metricKinds } from '../metrics/metric.ts';
import type { DeliveryCounts } from '../metrics/result.ts';
import type { Threshold } from '../metrics/threshold.ts';
import type { ReaderEvidence } from './reader-evidence.ts';

type DeliveryMetric = {
  [Name in MetricName]: (typeof metricKinds)[Name] extends 'delivery-count' ? Name : never;
}[MetricName];

/** Where the observed value stands when an arrival passed unseen, compared with the true one. */
type Bend = 'too low' | 'too high' | 'exact';

const bends: Readonly<Record<DeliveryMetric, Bend>> = {
  received: 'too low',
  verified: 'too low',
  recovered: 'too low',
  duplicates: 'too low',
  permitted_duplicates: 'too low',
  reordered: 'too low',
  corrupt: 'too low',
  phantom: 'too low',
  late: 'too low',
  foreign: 'too low',
  reread: 'too low',
  missing: 'too high',
  unseen_unknown: 'too high',
  unseen_no_ack: 'too high',
  // Counted only where absence is proof.
  lost: 'exact',
};

/**
 * Whether an arrival may have passed the reader: it has doubts, and some event was not seen or its session was lost. A reader that saw
 * every event, in one session, was slow but missed nothing; nor did one that read all that is stored.
 */
export function mayHide(
  { doubts, gaps = 0, complete = false }: ReaderEvidence,
  { missing, unseenUnknown, unseenNoAck }: DeliveryCounts,
): boolean {
  return !complete && doubts.length > 0 && (gaps > 0 || missing + unseenUnknown + unseenNoAck > 0);
}

/**
 * Whether the threshold's result could be the other one if an arrival passed unseen; for a latency, if the reader took its arrivals
 * later than they came.
 */
export function isBendable(threshold: Threshold, run: MeasuredRun): boolean {
  const kind: MetricKind = metricKinds[threshold.metric];
  if (kind !== 'delivery-count' && kind !== 'latency') return false;
  const bend = kind === 'latency' ? 'too high' : bends[threshold.metric as DeliveryMetric];
  if (bend === 'exact') return false;
  const holds = (change: Partial<Threshold>): boolean =>
    evaluateThreshold({ ...threshold, ...change }, run).holds === true;
  // No count is below zero.
  if (bend === 'too high' && holds({ operator: '==', value: { unit: 'events', amount: 0 } })) return false;
  const tooLow = bend === 'too low';
  switch (threshold.operator) {
    case '<':
    case '<=':
      return holds({}) === tooLow;
    case '>':
    case '>=':
      return holds({}) !== tooLow;
    case '==':
      return holds({ operator: tooLow ? '<=' : '>=' });
  }
}
