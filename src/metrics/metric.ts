/** What a metric is, which decides the statistic and the values that go with it. */
export type MetricKind = 'latency' | 'event-count' | 'delivery-count' | 'rate' | 'ratio' | GrowthKind;

/** What a process takes more of, hour by hour. */
export type GrowthKind = 'memory-growth' | 'count-growth' | 'time-growth';

/** Every metric a threshold can name, and its kind. */
export const metricKinds = {
  schedule_lag: 'latency',
  client_wait: 'latency',
  service_time: 'latency',
  response_time: 'latency',
  end_to_end: 'latency',
  intended: 'event-count',
  not_sent: 'event-count',
  sent: 'event-count',
  acked: 'event-count',
  rejected: 'event-count',
  unknown: 'event-count',
  no_ack: 'event-count',
  attempts: 'event-count',
  received: 'delivery-count',
  verified: 'delivery-count',
  lost: 'delivery-count',
  missing: 'delivery-count',
  duplicates: 'delivery-count',
  permitted_duplicates: 'delivery-count',
  reordered: 'delivery-count',
  corrupt: 'delivery-count',
  late: 'delivery-count',
  phantom: 'delivery-count',
  recovered: 'delivery-count',
  foreign: 'delivery-count',
  reread: 'delivery-count',
  unseen_unknown: 'delivery-count',
  unseen_no_ack: 'delivery-count',
  coverage: 'ratio',
  achieved_rate: 'rate',
  acked_rate: 'rate',
  rss_growth: 'memory-growth',
  descriptor_growth: 'count-growth',
  schedule_lag_growth: 'time-growth',
} as const satisfies Record<string, MetricKind>;

/** A metric as thresholds name it: a key of the result document in snake_case, one of the two rates, or a growth. */
export type MetricName = keyof typeof metricKinds;

/** Counts of what was read back that only grow, and accuse of what has happened already. */
const growing: ReadonlySet<MetricName> = new Set(['duplicates', 'reordered', 'corrupt', 'foreign']);

/** Whether it can be told while events are still being sent; everything else follows from what is read back, or written down, at the end. */
export function isKnownWhileSending(metric: MetricName): boolean {
  if (metric === 'attempts' || isGrowth(metricKinds[metric])) return false;
  return metricKinds[metric] !== 'delivery-count' || growing.has(metric);
}

/** Whether it is told by those who read back. */
export function isReadBack(metric: MetricName): boolean {
  return metric === 'end_to_end' || metricKinds[metric] === 'delivery-count';
}

/** Whether it is a slope over the whole measurement. */
export function isGrowth(kind: MetricKind): kind is GrowthKind {
  return kind === 'memory-growth' || kind === 'count-growth' || kind === 'time-growth';
}

/** Whether a threshold can name it. */
export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(metricKinds, name);
}
