/** The result document, `summary.json`: the single source of truth for every other output. Counts are exact integers. */
export interface RunResult {
  schema: 'iotload/summary/1';
  verdict: Verdict;
  reasons: string[];
  run: {
    id: string;
    scenario: string;
    seed: number;
    planDigest: string;
    shard: string;
    startedAt: string;
    durationSeconds: number;
    ended: 'completed' | 'interrupted' | 'aborted' | 'worker-died';
    command: string;
    /** `outputs.labels` and `--label`. */
    labels: Record<string, string>;
  };
  events: EventCounts;
  rate: { targetPerSecond: number; achievedPerSecond: number };
  delivery: DeliveryCounts;
  latency: LatencySummary;
  /** Absent from documents of before there was one. */
  clock?: ClockSummary | undefined;
  generator: HealthSummary;
  verifier: HealthSummary;
  /** Of a merged result, each of its shards, in their order. */
  shards?: ShardSummary[] | undefined;
  checks: CheckResult[];
  errors: { code: string; message: string; count: number; firstAt: string }[];
  fleets: FleetResult[];
  targets: TargetResult[];
  /** What the scenario's timeline brought about, in order of time. */
  timeline: { at: string; kind: TimelineKind; text: string }[];
  /** What passed from one target to the next, where a bridge or taps lie between. */
  hops: HopResult[];
  environment: Record<string, string | number>;
  files: Record<string, string>;
}

/** One shard of a merged result. */
export interface ShardSummary {
  /** `i/n`. */
  shard: string;
  /** What its host is called; null where it did not say. */
  host: string | null;
  /** Processes that took part: one, and one more for each time that it was gone on with. */
  attempts: number;
  ended: RunResult['run']['ended'];
  /** Slot time 0 by its own clock. */
  startedAt: string;
  /** How much later it was ready to send, by its own clock, µs; null where it did not say. */
  startSkewUs: number | null;
  /** How far its clock may be from those of the others, µs: 0 on one host; null where nobody said. */
  clockBoundUs: number | null;
  events: EventCounts;
  generator: HealthSummary['status'];
}

/** What passed one hop. */
export interface HopResult {
  /** `sent`, or the target before. */
  from: string;
  to: string;
  /** What the counts rest on; `counts`: events carry no identity there, and what that leaves open is null. */
  proof: 'identity' | 'counts';
  /** Distinct events that were taken or seen before; without identity, messages. */
  entered: number;
  arrived: number;
  lost: number | null;
  /** Copies that were not there before. */
  duplicates: number | null;
  corrupt: number | null;
  /** What could not be proved, and doubts; one sentence each. */
  notes: string[];
}

export type TimelineKind = 'shake' | 'quake' | 'disconnect' | 'fault' | 'note';

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';

/** intended = notSent + sent; sent = acked + rejected + unknown + noAck. */
export interface EventCounts {
  intended: number;
  notSent: number;
  sent: number;
  acked: number;
  rejected: number;
  unknown: number;
  noAck: number;
  attempts: number;
}

/** acked = acked slots seen + lost + missing. null: the identity cannot tell. */
export interface DeliveryCounts {
  identity: 'fields' | 'headers' | 'named' | 'derived' | 'none' | 'mixed' | 'not checked';
  expect: 'at-least-once' | 'at-most-once' | 'exactly-once' | 'not asked';
  received: number;
  verified: number;
  lost: number;
  missing: number;
  duplicates: number | null;
  permittedDuplicates: number | null;
  reordered: number | null;
  corrupt: number | null;
  late: number;
  phantom: number;
  recovered: number;
  foreign: number;
  reread: number;
  unseenUnknown: number;
  unseenNoAck: number;
  /** acked / (acked + unknown), 0…1; null where nothing is acknowledged. */
  coverage: number | null;
  /** 95 % upper bound of the loss ratio, 3/n when none of n was lost; null when nothing was acknowledged or delivery was not asked. */
  lossUpperBound95: number | null;
}

/** Microseconds. A quantile with fewer than 10 samples above it is null. */
export interface QuantileSummary {
  count: number;
  min: number | null;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  p9999: number | null;
  max: number | null;
  /** Samples below 0, counted among `count` and ranked as 0. */
  negative?: number | undefined;
  /** Values that were no times: NaN or infinite. Not in `count`. */
  rejected?: number | undefined;
}

/** The figures of a summary. */
export type StatKey = Exclude<keyof QuantileSummary, 'count' | 'negative' | 'rejected'>;

/** The clocks behind the times of this document. */
export interface ClockSummary {
  /** Every end-to-end figure is exact to this, µs: 0 on one host; null where nobody said, and then there are no figures. */
  endToEndBoundUs: number | null;
  /** Steps of wall clocks; `host`: on whose host. */
  jumps: { at: string; byUs: number; host: 'generator' | 'verifier' }[];
}

export type IntervalName = 'scheduleLag' | 'clientWait' | 'serviceTime' | 'responseTime' | 'endToEnd';

export type LatencySummary = { unit: 'us' } & Record<IntervalName, QuantileSummary>;

export interface HealthSummary {
  status: 'healthy' | 'unhealthy' | 'not run';
  cpuSeconds: number;
  peakRssBytes: number;
  /** One sentence each. */
  signals: string[];
  /** Over the measurement, since the run was started or last resumed; absent from documents of before there was one. */
  growth?: GrowthSummary | undefined;
}

/** What a process took more of, hour by hour; null where too little was seen to tell. */
export interface GrowthSummary {
  /** Bytes per hour. */
  rss: Growth | null;
  /** Open descriptors per hour. */
  descriptors: Growth | null;
  /** Of the mean lag of a second, µs per hour; null for a verifier, which has no schedule. */
  scheduleLag: Growth | null;
}

/** A slope per hour, and the interval that holds it at 95 %. */
export interface Growth {
  perHour: number;
  low: number;
  high: number;
}

export interface CheckResult {
  name: string;
  expression: string;
  status: 'pass' | 'fail' | 'inconclusive' | 'skipped';
  observed: string;
  reason: string;
}

export interface TargetResult {
  name: string;
  protocol: string;
  events: EventCounts;
  delivery: DeliveryCounts;
  /** Absent where nobody sends to it, and from documents of before there was one. */
  rate?: RunResult['rate'] | undefined;
  /** Of what was sent to it, and of what was read back there; absent from documents of before there was one. */
  latency?: LatencySummary | undefined;
  /** Absent where it has none, or nobody counted. */
  partitions?: PartitionLoad | undefined;
  /** What it counted itself; absent where it tells nothing, and from documents of before it was asked. */
  broker?: BrokerResult | undefined;
}

/** How evenly the partitions of a target were loaded. */
export interface PartitionLoad {
  kind: 'partition' | 'shard';
  /** Those that are known by number. */
  count: number;
  /** Number of the hottest. */
  hottest: number;
  /** What it got of all events, 0…1. */
  share: number;
  /** Over what it would have got, had all that were open always got the same. */
  hotIndex: number;
}

/** What the other side counted itself, from before the first event on: that of others is among it. */
export interface BrokerResult {
  /** What counts, in words. */
  by: string;
  /** Messages that it took, without our readiness markers; null where it does not say. */
  messages: number | null;
  /** Messages that it dropped for slow readers; null where it does not say. */
  dropped: number | null;
  files?: number | undefined;
  bytes?: number | undefined;
  /** It was told after everything had been sent. */
  final: boolean;
  /** Where its figures and ours do not agree; one sentence each. */
  doubts: string[];
}

export interface FleetResult {
  name: string;
  devices: number;
  events: EventCounts;
  delivery: DeliveryCounts;
  rate: { targetPerSecond: number; achievedPerSecond: number };
  latency: LatencySummary;
}
