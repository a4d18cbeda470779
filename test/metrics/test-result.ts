import type {
  DeliveryCounts,
  EventCounts,
  LatencySummary,
  QuantileSummary,
  RunResult,
} from '../../src/metrics/result.ts';

/** 1 000 events, all acknowledged, unless said otherwise. */
export function testEvents(change: Partial<EventCounts> = {}): EventCounts {
  return {
    intended: 1_000,
    notSent: 0,
    sent: 1_000,
    acked: 1_000,
    rejected: 0,
    unknown: 0,
    noAck: 0,
    attempts: 1_000,
    ...change,
  };
}

/** All of them verified, unless said otherwise. */
export function testDelivery(change: Partial<DeliveryCounts> = {}): DeliveryCounts {
  return {
    identity: 'fields',
    expect: 'at-least-once',
    received: 1_000,
    verified: 1_000,
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
    coverage: 1,
    lossUpperBound95: 0.003,
    ...change,
  };
}

/** Quantiles that grow from 1 ms to 9 ms. */
export function testQuantiles(change: Partial<QuantileSummary> = {}): QuantileSummary {
  return {
    count: 1_000,
    min: 1_000,
    mean: 2_500,
    p50: 2_000,
    p90: 3_000,
    p95: 4_000,
    p99: 5_000,
    p999: null,
    p9999: null,
    max: 9_000,
    ...change,
  };
}

export function testLatency(change: Partial<LatencySummary> = {}): LatencySummary {
  return {
    unit: 'us',
    scheduleLag: testQuantiles(),
    clientWait: testQuantiles(),
    serviceTime: testQuantiles(),
    responseTime: testQuantiles(),
    endToEnd: testQuantiles(),
    ...change,
  };
}

/** A result in which everything went well: fleet `meters`, target `edge`. */
export function testResult(change: Partial<RunResult> = {}): RunResult {
  const rate = { targetPerSecond: 100, achievedPerSecond: 99.5 };
  const health = { status: 'healthy' as const, cpuSeconds: 1, peakRssBytes: 1e8, signals: [] };
  return {
    schema: 'iotload/summary/1',
    verdict: 'pass',
    reasons: [],
    run: {
      id: 'r1234abcd',
      scenario: 'test',
      seed: 1,
      planDigest: 'sha256:0',
      shard: '0/1',
      startedAt: '2026-01-01T00:00:00.000Z',
      durationSeconds: 10,
      ended: 'completed',
      command: 'iotload run test.yaml',
      labels: {},
    },
    events: testEvents(),
    rate,
    delivery: testDelivery(),
    latency: testLatency(),
    generator: health,
    verifier: health,
    checks: [],
    errors: [],
    fleets: [
      { name: 'meters', devices: 10, events: testEvents(), delivery: testDelivery(), rate, latency: testLatency() },
    ],
    targets: [{ name: 'edge', protocol: 'mqtt', events: testEvents(), delivery: testDelivery() }],
    timeline: [],
    hops: [],
    environment: {},
    files: {},
    ...change,
  };
}
