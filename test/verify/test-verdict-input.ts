import type { DeliveryCounts, EventCounts, QuantileSummary } from '../../src/metrics/result.ts';
import type { ClockEvidence } from '../../src/verify/clock-check.ts';
import type { ReaderEvidence } from '../../src/verify/reader-evidence.ts';
import type { VerdictInput } from '../../src/verify/verdict-input.ts';
import { testDelivery, testEvents, testLatency, testQuantiles, testResult } from '../metrics/test-result.ts';
import { testPlan } from './test-plan.ts';

/** What differs from a run in which everything went well. */
export interface Change {
  expect?: 'at-least-once' | 'at-most-once' | 'exactly-once';
  verify?: false;
  order?: false;
  thresholds?: string[];
  delivery?: Partial<DeliveryCounts>;
  events?: Partial<EventCounts>;
  reader?: Partial<ReaderEvidence> | null;
  ordered?: false;
  sick?: true;
  /** The generator's own lag at p99, µs. */
  lagUs?: number;
  ended?: VerdictInput['ended'];
  sentTold?: false;
  broken?: true;
  skipped?: [string, string][];
  clock?: ClockEvidence;
  endToEnd?: Partial<QuantileSummary>;
}

/** The evidence of such a run. */
export function input(change: Change): VerdictInput {
  const verify =
    change.verify === false
      ? null
      : { expect: change.expect ?? ('at-least-once' as const), order: change.order ?? true };
  const run = testResult({
    delivery: testDelivery(change.delivery),
    events: testEvents(change.events),
    latency: testLatency({
      scheduleLag: testQuantiles({ p99: change.lagUs ?? 1_000 }),
      endToEnd: testQuantiles(change.endToEnd),
    }),
  });
  return {
    plan: { ...testPlan([{ devices: 1, slots: 1 }], verify, change.thresholds), targets: [] },
    run,
    ended: change.ended ?? 'completed',
    sentTold: change.sentTold ?? true,
    laws: [{ law: 'a = b', holds: !change.broken, detail: '1 and 2' }],
    reader: change.reader === null ? null : { finished: true, doubts: [], ...change.reader },
    ordered: change.ordered ?? true,
    generator: {
      status: change.sick ? 'unhealthy' : 'healthy',
      cpuSeconds: 1,
      peakRssBytes: 1,
      signals: change.sick ? ['schedule lag'] : [],
    },
    skipped: new Map(change.skipped),
    ...(change.clock === undefined ? {} : { clock: change.clock }),
  };
}
