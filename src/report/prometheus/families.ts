/** What a figure is, in Prometheus' terms; `info` is a gauge of 1 whose labels are the figure. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'info';

/** Figures of one name. */
export interface MetricFamily {
  type: MetricType;
  /** Base unit, the end of the name; absent where the name says what is counted. */
  unit?: 'seconds' | 'bytes' | 'ratio';
  help: string;
  /** Labels besides those of the run. */
  labels: readonly string[];
}

const fleet = ['fleet', 'target'] as const;
const verifier = ['target'] as const;

/**
 * Every metric family of a run under way by its name, without `_total`, `_info` and the like, in the order of the page. Counters are of
 * this process, since it was started; none has a label whose values grow with devices, topics or events.
 */
export const metricFamilies = {
  iotload_build: { type: 'info', help: 'What tells these figures.', labels: ['version', 'node'] },
  iotload_run: {
    type: 'info',
    help: 'The run: its seed, its part i/n, and the digest of its plan.',
    labels: ['seed', 'shard', 'plan_digest'],
  },
  iotload_run_phase: { type: 'gauge', help: '1 for what the run is doing, 0 for the other phases.', labels: ['phase'] },
  iotload_run_elapsed_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'Time since the first event was due.',
    labels: [],
  },
  iotload_run_planned_seconds: { type: 'gauge', unit: 'seconds', help: 'Warm-up and duration together.', labels: [] },
  iotload_run_verdict: { type: 'gauge', help: '1 for the verdict, once there is one.', labels: ['verdict'] },
  iotload_devices: { type: 'gauge', help: 'Devices that are simulated.', labels: ['fleet'] },
  iotload_target_rate_events_per_second: {
    type: 'gauge',
    help: 'Rate that the schedule asks for now.',
    labels: fleet,
  },
  iotload_events_planned: { type: 'gauge', help: 'Events of the whole run.', labels: fleet },
  iotload_events_due: { type: 'counter', help: 'Events whose time by the schedule has come.', labels: fleet },
  iotload_events_picked_up: {
    type: 'counter',
    help: 'Events that the generator took up; fewer than due means that it is late.',
    labels: fleet,
  },
  iotload_events_sent: { type: 'counter', help: 'Events handed to the target.', labels: fleet },
  iotload_events: {
    type: 'counter',
    help: 'Events with a final outcome: acked, rejected, unknown, no_ack or not_sent.',
    labels: [...fleet, 'outcome'],
  },
  iotload_backlog_events: {
    type: 'gauge',
    help: 'Events that are due and wait because the target has no room.',
    labels: fleet,
  },
  iotload_in_flight_events: { type: 'gauge', help: 'Events that were sent and have no outcome yet.', labels: fleet },
  iotload_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Times by interval: schedule_lag (due to picked up: the generator), client_wait (to sent: no room), service_time (sent to outcome), response_time (due to outcome), end_to_end (due to read back). Without those of the warm-up.',
    labels: [...fleet, 'interval'],
  },
  iotload_verifier_received: { type: 'counter', help: 'Messages read back.', labels: verifier },
  iotload_verifier_verified: { type: 'counter', help: 'Distinct events read back unaltered.', labels: verifier },
  iotload_verifier_duplicates: {
    type: 'counter',
    help: 'Copies beyond the first, those that were sent on purpose included.',
    labels: verifier,
  },
  iotload_verifier_reordered: {
    type: 'counter',
    help: 'First arrivals after a later event of their device.',
    labels: verifier,
  },
  iotload_verifier_corrupt: { type: 'counter', help: 'Events that were read back altered.', labels: verifier },
  iotload_verifier_foreign: { type: 'counter', help: 'Messages that are not of this process.', labels: verifier },
  iotload_verifier_outstanding_events: {
    type: 'gauge',
    help: 'Events that are still waited for, once everything was sent.',
    labels: verifier,
  },
  iotload_verifier_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory of the process that reads back.',
    labels: verifier,
  },
  iotload_delivery_events: {
    type: 'gauge',
    help: 'The settled account by finding, once there is one: verified, lost, missing, duplicates and their kin.',
    labels: ['target', 'finding'],
  },
  iotload_generator_cpu_seconds: {
    type: 'counter',
    unit: 'seconds',
    help: 'Processor time of the generator, all threads.',
    labels: [],
  },
  iotload_generator_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory of the generator.',
    labels: [],
  },
  iotload_generator_busy_ratio: {
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the last second in which the busiest worker was busy.',
    labels: [],
  },
  iotload_generator_open_files: { type: 'gauge', help: 'Open files and sockets of the generator.', labels: [] },
  iotload_generator_workers: { type: 'gauge', help: 'Threads that send.', labels: [] },
  iotload_throttled: { type: 'counter', help: 'Times that a target refused for want of room.', labels: [] },
  iotload_disconnected: { type: 'counter', help: 'Connections to targets that ended.', labels: [] },
} as const satisfies Record<string, MetricFamily>;

export type MetricName = keyof typeof metricFamilies;

/** Names of the series of a family as queries call them. */
export function seriesOf(name: string, { type }: MetricFamily): string[] {
  if (type === 'counter') return [`${name}_total`];
  if (type === 'info') return [`${name}_info`];
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
