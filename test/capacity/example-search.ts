import { type CapacityResult, capacityResult } from '../../src/capacity/capacity-result.ts';
import type { CapacityGoal, StepOutcome } from '../../src/capacity/search.ts';
import type { QuantileSummary } from '../../src/metrics/result.ts';
import { goal, noSamples, search, trial } from './trials.ts';

/** Events per second that the server of the example serves, and its p99 limit in seconds. */
const SERVED = 2000;
const LIMIT = 0.05;
const THRESHOLD = 'response_time p99 < 50ms';

export interface ExampleSearch {
  about?: Partial<CapacityGoal>;
  /** The generator offers no more than this. */
  full?: number;
  scenario?: string;
}

/** A search whose trials are those of an exponential server by its formulas: whole sojourn times, nothing measured. */
export function exampleSearch({ about = {}, full, scenario = 'how-much' }: ExampleSearch = {}): CapacityResult {
  const asked = { ...goal, from: 200, to: 4000, provisionFor: 3000, ...about };
  const { finding, outcomes } = search(asked, (level, step) => ({
    ...tried(level, full ?? Number.POSITIVE_INFINITY),
    dir: `steps/${`${step}`.padStart(2, '0')}-${level}`,
  }));
  return capacityResult({
    run: {
      ...{ id: 'r1234abcd', scenario, planDigest: 'sha256:0', startedAt: '2026-01-01T00:00:00.000Z' },
      ...{ durationSeconds: outcomes.length * 75, command: `iotload capacity ${scenario}.yaml`, labels: {} },
      environment: { iotload: '0.1.0', node: 'v20.19.0', os: 'linux' },
    },
    goal: asked,
    holdsIf: ['expect: at-least-once', THRESHOLD, 'taken >= 99%'],
    outcomes,
    finding,
    needs: [{ name: 'lake', protocol: 'kinesis', needs: 'needs 3 shards', lines: [['shards', '3 by records']] }],
  });
}

function tried(level: number, full: number): StepOutcome {
  const perSecond = Math.min(level, full, SERVED);
  const rates = { offeredPerSecond: level, achievedPerSecond: perSecond, ackedPerSecond: perSecond };
  if (level > full)
    return trial(level, 'generator', {
      ...rates,
      ...{ reasons: ['the generator was late'], limit: { kind: 'generator', what: 'the generator was late' } },
    });
  // Beyond what is served the wait grows until the end of a minute.
  const mean = level < SERVED ? 1 / (SERVED - level) : (30 * (level - SERVED)) / SERVED;
  const responseTime = quantiles(mean, level);
  const latency = { ...trial(level, 'holds').latency, responseTime, endToEnd: noSamples };
  if ((responseTime.p99 ?? 0) < LIMIT * 1e6) return trial(level, 'holds', { ...rates, latency });
  return trial(level, 'breaks', {
    ...{ ...rates, latency, reasons: [`${THRESHOLD} did not hold`], limit: { kind: 'threshold', what: THRESHOLD } },
  });
}

/** Of exponential times with this mean, seconds. */
function quantiles(mean: number, level: number): QuantileSummary {
  const at = (q: number): number => Math.round(-Math.log(1 - q) * mean * 1e6);
  return {
    ...{ count: Math.round(level * 60), min: 1, mean: Math.round(mean * 1e6), max: at(0.99999) },
    ...{ p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), p999: at(0.999), p9999: null },
  };
}

/** A result in which this text stands wherever one from outside can. */
export function searchWith(text: string): CapacityResult {
  const result = exampleSearch({ scenario: text });
  const limit = { kind: 'threshold' as const, what: text };
  return {
    ...result,
    answer: text,
    run: { ...result.run, id: text, command: text, labels: { [text]: text }, environment: { [text]: text } },
    holdsIf: [text],
    finding: { ...result.finding, limit },
    provision: result.provision && {
      ...result.provision,
      targets: [{ name: text, protocol: text, needs: text, lines: [[text, text]] }],
    },
    steps: result.steps.map((step) => ({ ...step, limit, reasons: [text], dir: text })),
  };
}
