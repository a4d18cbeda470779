import type { MetricName } from './families.ts';

/** One query of a panel, with the name of its lines. */
export interface Query {
  expr: string;
  legend: string;
}

export interface Panel {
  title: string;
  /** What it says, and what to make of it. */
  description: string;
  kind: 'timeseries' | 'stat' | 'heatmap' | 'table';
  /** In Grafana's words. */
  unit: string;
  /** Columns of 24, and rows. */
  width: number;
  height: number;
  queries: readonly Query[];
  /** The name of a line is what is shown, not its value. */
  named?: true;
}

/** A series as a query names it; only names that exist can be written. */
type Series = MetricName | `${MetricName}_${'total' | 'info' | 'bucket' | 'sum' | 'count'}`;

const OF_RUN = 'run=~"$run"';
const OF_TARGET = `${OF_RUN},target=~"$target"`;
const OF_FLEET = `${OF_TARGET},fleet=~"$fleet"`;

function select(name: Series, matchers: string, ...more: string[]): string {
  return `${name}{${[matchers, ...more].join(',')}}`;
}

function perSecond(name: Series, matchers: string, ...more: string[]): string {
  return `rate(${select(name, matchers, ...more)}[$__rate_interval])`;
}

/** The last that was told within the dashboard's time, although the run may be over: series of a process that has ended are gone otherwise. */
function last(name: Series, matchers: string, ...more: string[]): string {
  return `last_over_time(${select(name, matchers, ...more)}[$__range])`;
}

/** The quantile of an interval over all fleets and targets that are looked at. */
function quantile(q: number, interval: string): string {
  const buckets = perSecond('iotload_latency_seconds_bucket', OF_FLEET, `interval="${interval}"`);
  return `histogram_quantile(${q}, sum by (le) (${buckets}))`;
}

const overview: readonly Panel[] = [
  {
    title: 'Phase',
    description: 'What the run is doing.',
    kind: 'stat',
    unit: 'none',
    width: 4,
    height: 4,
    named: true,
    queries: [{ expr: `max by (phase) (${last('iotload_run_phase', OF_RUN)}) == 1`, legend: '{{phase}}' }],
  },
  {
    title: 'Progress',
    description: 'Share of warm-up and duration that is over.',
    kind: 'stat',
    unit: 'percentunit',
    width: 4,
    height: 4,
    queries: [
      {
        expr: `clamp_max(max(${last('iotload_run_elapsed_seconds', OF_RUN)}) / max(${last('iotload_run_planned_seconds', OF_RUN)}), 1)`,
        legend: 'over',
      },
    ],
  },
  {
    title: 'Sent',
    description: 'Events handed to the target.',
    kind: 'stat',
    unit: 'short',
    width: 4,
    height: 4,
    queries: [{ expr: `sum(${last('iotload_events_sent_total', OF_FLEET)})`, legend: 'sent' }],
  },
  {
    title: 'Verified',
    description: 'Distinct events read back unaltered.',
    kind: 'stat',
    unit: 'short',
    width: 4,
    height: 4,
    queries: [{ expr: `sum(${last('iotload_verifier_verified_total', OF_TARGET)})`, legend: 'verified' }],
  },
  {
    title: 'Response time p99',
    description: 'From when an event was due to when its outcome was known; of the whole run.',
    kind: 'stat',
    unit: 's',
    width: 4,
    height: 4,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le) (${last('iotload_latency_seconds_bucket', OF_FLEET, 'interval="response_time"')}))`,
        legend: 'p99',
      },
    ],
  },
  {
    title: 'Verdict',
    description: 'Once the run is over.',
    kind: 'stat',
    unit: 'none',
    width: 4,
    height: 4,
    named: true,
    queries: [{ expr: `max by (verdict) (${last('iotload_run_verdict', OF_RUN)}) == 1`, legend: '{{verdict}}' }],
  },
];

const load: readonly Panel[] = [
  {
    title: 'Throughput',
    description:
      'What the schedule asks for, what was sent, acknowledged and read back. Sent below target: look at backlog (the target has no room) and at schedule lag (the generator is late).',
    kind: 'timeseries',
    unit: 'cps',
    width: 12,
    height: 9,
    queries: [
      { expr: `sum(${select('iotload_target_rate_events_per_second', OF_FLEET)})`, legend: 'target' },
      { expr: `sum(${perSecond('iotload_events_sent_total', OF_FLEET)})`, legend: 'sent' },
      { expr: `sum(${perSecond('iotload_events_total', OF_FLEET, 'outcome="acked"')})`, legend: 'acked' },
      { expr: `sum(${perSecond('iotload_verifier_received_total', OF_TARGET)})`, legend: 'received' },
    ],
  },
  {
    title: 'Outcomes',
    description: 'Unknown: nobody can say whether the target has the event. Not sent: shed, or stopped before.',
    kind: 'timeseries',
    unit: 'cps',
    width: 12,
    height: 9,
    queries: [{ expr: `sum by (outcome) (${perSecond('iotload_events_total', OF_FLEET)})`, legend: '{{outcome}}' }],
  },
];

const latency: readonly Panel[] = [
  {
    title: 'Response time',
    description: 'From when an event was due, so that waiting for a stalled target counts.',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    height: 9,
    queries: [0.5, 0.9, 0.99, 0.999].map((q) => ({ expr: quantile(q, 'response_time'), legend: `p${q * 100}` })),
  },
  {
    title: 'p99 by interval',
    description: 'Which part it is: the generator (schedule_lag), no room (client_wait), the target (service_time).',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    height: 9,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le, interval) (${perSecond('iotload_latency_seconds_bucket', OF_TARGET)}))`,
        legend: '{{interval}}',
      },
    ],
  },
  {
    title: 'Response time, every event',
    description: 'How many events took how long, over time.',
    kind: 'heatmap',
    unit: 's',
    width: 24,
    height: 9,
    queries: [
      {
        expr: `sum by (le) (increase(${select('iotload_latency_seconds_bucket', OF_FLEET, 'interval="response_time"')}[$__rate_interval]))`,
        legend: '{{le}}',
      },
    ],
  },
];

const delivery: readonly Panel[] = [
  {
    title: 'Read back',
    description:
      'What came twice, late in its order, altered, or from elsewhere. Copies sent on purpose are counted too.',
    kind: 'timeseries',
    unit: 'short',
    width: 12,
    height: 8,
    queries: [
      { expr: `sum(${select('iotload_verifier_duplicates_total', OF_TARGET)})`, legend: 'duplicates' },
      { expr: `sum(${select('iotload_verifier_reordered_total', OF_TARGET)})`, legend: 'reordered' },
      { expr: `sum(${select('iotload_verifier_corrupt_total', OF_TARGET)})`, legend: 'corrupt' },
      { expr: `sum(${select('iotload_verifier_foreign_total', OF_TARGET)})`, legend: 'foreign' },
      { expr: `sum(${select('iotload_verifier_outstanding_events', OF_TARGET)})`, legend: 'outstanding' },
    ],
  },
  {
    title: 'Backlog and flight',
    description: 'Events that wait because the target has no room, and events without an outcome yet.',
    kind: 'timeseries',
    unit: 'short',
    width: 12,
    height: 8,
    queries: [
      { expr: `sum(${select('iotload_backlog_events', OF_FLEET)})`, legend: 'backlog' },
      { expr: `sum(${select('iotload_in_flight_events', OF_FLEET)})`, legend: 'in flight' },
    ],
  },
];

const generator: readonly Panel[] = [
  {
    title: 'Is the generator the limit?',
    description:
      'Schedule lag is the generator’s own lateness; a busiest worker near 100 % explains it. Latencies measured meanwhile say little about the target.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    height: 8,
    queries: [
      { expr: quantile(0.5, 'schedule_lag'), legend: 'schedule lag p50' },
      { expr: quantile(0.99, 'schedule_lag'), legend: 'schedule lag p99' },
    ],
  },
  {
    title: 'Due, not yet picked up',
    description: 'Events whose time has come and that the generator has not taken up.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    height: 8,
    queries: [
      {
        expr: `clamp_min(sum(${select('iotload_events_due_total', OF_FLEET)}) - sum(${select('iotload_events_picked_up_total', OF_FLEET)}), 0)`,
        legend: 'events',
      },
    ],
  },
  {
    title: 'Throttled and disconnected',
    description: 'Refusals for want of room, and connections that ended.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    height: 8,
    queries: [
      { expr: `sum(increase(${select('iotload_throttled_total', OF_RUN)}[$__rate_interval]))`, legend: 'throttled' },
      {
        expr: `sum(increase(${select('iotload_disconnected_total', OF_RUN)}[$__rate_interval]))`,
        legend: 'disconnected',
      },
    ],
  },
  {
    title: 'Processor',
    description: 'Cores that the generator uses.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    height: 8,
    queries: [{ expr: `sum(${perSecond('iotload_generator_cpu_seconds_total', OF_RUN)})`, legend: 'cores' }],
  },
  {
    title: 'Busiest worker',
    description: 'Share of the time in which its event loop was busy.',
    kind: 'timeseries',
    unit: 'percentunit',
    width: 8,
    height: 8,
    queries: [{ expr: `max(${select('iotload_generator_busy_ratio', OF_RUN)})`, legend: 'busy' }],
  },
  {
    title: 'Memory',
    description: 'Of the generator, and of the processes that read back.',
    kind: 'timeseries',
    unit: 'bytes',
    width: 8,
    height: 8,
    queries: [
      { expr: `sum(${select('iotload_generator_resident_memory_bytes', OF_RUN)})`, legend: 'generator' },
      { expr: `sum(${select('iotload_verifier_resident_memory_bytes', OF_TARGET)})`, legend: 'verifier' },
    ],
  },
];

const ends: readonly Panel[] = [
  {
    title: 'Settled account',
    description: 'What the run found in the end; iotload’s own report says how sure that is.',
    kind: 'table',
    unit: 'short',
    width: 12,
    height: 8,
    queries: [
      {
        expr: `sum by (target, finding) (${last('iotload_delivery_events', OF_TARGET)})`,
        legend: '{{target}} {{finding}}',
      },
    ],
  },
  {
    title: 'Runs',
    description: 'Seed, part and digest of the plan; equal digests are equal loads.',
    kind: 'table',
    unit: 'none',
    width: 12,
    height: 8,
    queries: [
      { expr: last('iotload_run_info', OF_RUN), legend: '{{run}}' },
      { expr: last('iotload_build_info', OF_RUN), legend: '{{version}}' },
    ],
  },
];

/** What the dashboard shows, in rows from the top. */
export const dashboardRows: readonly { title: string; panels: readonly Panel[] }[] = [
  { title: 'The run', panels: overview },
  { title: 'Load', panels: load },
  { title: 'Latency', panels: latency },
  { title: 'Delivery', panels: delivery },
  { title: 'The generator', panels: generator },
  { title: 'In the end', panels: ends },
];
