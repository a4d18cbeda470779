import { type BucketCounts, bucketBoundsUs } from '../../../src/metrics/bucket-counts.ts';
import type { LiveFigures, LiveFleet } from '../../../src/runner/live-run.ts';
import { testQuantiles } from '../../metrics/test-result.ts';

/** So many samples of 3 ms. */
export function testBuckets(count: number): BucketCounts {
  return { upTo: bucketBoundsUs.map((bound) => (bound < 3_000 ? 0 : count)), count, sumUs: count * 3_000 };
}

export function testFleet(change: Partial<LiveFleet> = {}): LiveFleet {
  return {
    name: 'meters',
    target: 'edge',
    devices: 200,
    planned: 1_000,
    due: 500,
    targetPerSecond: 100,
    counts: {
      pickedUp: 499,
      sent: 480,
      acked: 470,
      rejected: 1,
      unknown: 2,
      noAck: 0,
      notSent: 3,
      waiting: 16,
    },
    intervals: {
      scheduleLag: testBuckets(499),
      clientWait: testBuckets(480),
      serviceTime: testBuckets(473),
      responseTime: testBuckets(473),
    },
    ...change,
  };
}

/** A run in its middle. */
export function testFigures(change: Partial<LiveFigures> = {}): LiveFigures {
  return {
    progress: {
      phase: 'measuring',
      elapsedUs: 5_000_000,
      totalUs: 10_000_000,
      targetPerSecond: 100,
      achievedPerSecond: 99,
      counts: testFleet().counts,
      verified: 460,
      responseP50Us: 3_000,
      responseP99Us: 3_000,
      lagP99Us: 3_000,
      errors: 0,
    },
    fleets: [testFleet()],
    generator: { cpuUs: 1_500_000, rssBytes: 2 ** 27, busy: 0.25, descriptors: 40, throttled: 7, disconnected: 2 },
    verifiers: [
      {
        target: 'edge',
        progress: {
          received: 465,
          seen: 460,
          duplicates: 4,
          reordered: 3,
          corrupt: 1,
          foreign: 0,
          endToEndP50Us: 3_000,
          endToEndP99Us: 3_000,
          endToEnd: testBuckets(460),
          times: testQuantiles(),
          doubts: [],
          outstanding: null,
          rssBytes: 2 ** 26,
        },
      },
    ],
    ...change,
  };
}

export const testIdentity = {
  version: '1.2.3',
  node: '20.19.0',
  seed: 42,
  shard: '0/1',
  planDigest: 'abcd',
  workers: 2,
};
