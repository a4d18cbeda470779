import type { IntervalName, RunResult, Verdict } from '../../metrics/result.ts';
import type { LiveFigures, LiveFleet } from '../../runner/live-run.ts';
import type { RunPhase } from '../../runner/run-progress.ts';
import type { Labels, Sample } from './exposition.ts';
import type { MetricName } from './families.ts';

/** Who tells. */
export interface RunIdentity {
  version: string;
  node: string;
  seed: number;
  shard: string;
  planDigest: string;
  workers: number;
}

const phases: readonly (RunPhase | 'finished')[] = [
  'connecting',
  'probing',
  'starting',
  'warm-up',
  'measuring',
  'draining',
  'verifying',
  'finished',
];

const intervalLabels: Readonly<Record<IntervalName, string>> = {
  scheduleLag: 'schedule_lag',
  clientWait: 'client_wait',
  serviceTime: 'service_time',
  responseTime: 'response_time',
  endToEnd: 'end_to_end',
};

/** What a settled account tells by finding. */
const findings = [
  'verified',
  'lost',
  'missing',
  'duplicates',
  'reordered',
  'corrupt',
  'late',
  'phantom',
  'recovered',
] as const;

/** The figures of one family, gathered. */
type Gathered = Map<MetricName, Sample[]>;

/** Every sample of a run at this moment; `result` where it is over. Pure. */
export function runSamples(identity: RunIdentity, figures: LiveFigures, result: RunResult | null): Gathered {
  const gathered: Gathered = new Map();
  const put = (name: MetricName, value: Sample['value'] | null | undefined, labels: Labels = {}): void => {
    if (value === null || value === undefined) return;
    const samples = gathered.get(name);
    if (samples === undefined) gathered.set(name, [{ labels, value }]);
    else samples.push({ labels, value });
  };
  const { version, node, seed, shard, planDigest, workers } = identity;
  put('iotload_build', 1, { version, node });
  put('iotload_run', 1, { seed: String(seed), shard, plan_digest: planDigest });
  const { progress, generator } = figures;
  const phase = result === null ? progress.phase : 'finished';
  for (const name of phases) put('iotload_run_phase', name === phase ? 1 : 0, { phase: name });
  put('iotload_run_elapsed_seconds', Math.max(0, progress.elapsedUs) / 1e6);
  put('iotload_run_planned_seconds', progress.totalUs / 1e6);
  const devices = new Map(figures.fleets.map((fleet) => [fleet.name, fleet.devices]));
  for (const [fleet, count] of devices) put('iotload_devices', count, { fleet });
  for (const fleet of figures.fleets) putFleet(put, fleet);
  for (const { target, progress: reading } of figures.verifiers) {
    put('iotload_verifier_received', reading.received, { target });
    put('iotload_verifier_verified', reading.seen, { target });
    put('iotload_verifier_duplicates', reading.duplicates, { target });
    put('iotload_verifier_reordered', reading.reordered, { target });
    put('iotload_verifier_corrupt', reading.corrupt, { target });
    put('iotload_verifier_foreign', reading.foreign, { target });
    put('iotload_verifier_outstanding_events', reading.outstanding, { target });
    put('iotload_verifier_resident_memory_bytes', reading.rssBytes, { target });
    put('iotload_latency_seconds', reading.endToEnd, { target, interval: intervalLabels.endToEnd });
  }
  put('iotload_generator_cpu_seconds', generator.cpuUs / 1e6);
  put('iotload_generator_resident_memory_bytes', generator.rssBytes);
  put('iotload_generator_busy_ratio', generator.busy);
  put('iotload_generator_open_files', generator.descriptors);
  put('iotload_generator_workers', workers);
  put('iotload_throttled', generator.throttled);
  put('iotload_disconnected', generator.disconnected);
  if (result !== null) putResult(put, result);
  return gathered;
}

type Put = (name: MetricName, value: Sample['value'] | null | undefined, labels?: Labels) => void;

function putFleet(put: Put, { name, target, planned, due, targetPerSecond, counts, intervals }: LiveFleet): void {
  const labels = { fleet: name, target };
  put('iotload_target_rate_events_per_second', targetPerSecond, labels);
  put('iotload_events_planned', planned, labels);
  put('iotload_events_due', due, labels);
  put('iotload_events_picked_up', counts.pickedUp, labels);
  put('iotload_events_sent', counts.sent, labels);
  const { acked, rejected, unknown, noAck, notSent } = counts;
  for (const [outcome, count] of Object.entries({ acked, rejected, unknown, no_ack: noAck, not_sent: notSent }))
    put('iotload_events', count, { ...labels, outcome });
  put('iotload_backlog_events', counts.waiting, labels);
  // The counters of workers are read one after the other while they grow.
  put('iotload_in_flight_events', Math.max(0, counts.sent - acked - rejected - unknown - noAck), labels);
  for (const [interval, buckets] of Object.entries(intervals))
    put('iotload_latency_seconds', buckets, { ...labels, interval: intervalLabels[interval as IntervalName] });
}

const verdicts: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'error'];

function putResult(put: Put, { verdict, targets }: RunResult): void {
  for (const name of verdicts) put('iotload_run_verdict', name === verdict ? 1 : 0, { verdict: name });
  for (const { name: target, delivery } of targets) {
    if (delivery.identity === 'not checked') continue;
    for (const finding of findings) put('iotload_delivery_events', delivery[finding], { target, finding });
  }
}
