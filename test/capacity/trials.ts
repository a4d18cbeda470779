import type {
  CapacityFinding,
  CapacityGoal,
  StepOutcome,
  StepPurpose,
  StepVerdict,
} from '../../src/capacity/search.ts';
import { nextStep } from '../../src/capacity/search.ts';
import type { QuantileSummary } from '../../src/metrics/result.ts';

export const goal: CapacityGoal = {
  vary: 'rate',
  from: 100,
  to: 10_000,
  precision: 0.05,
  confirm: 3,
  provisionFor: null,
};

export const noSamples: QuantileSummary = {
  count: 0,
  ...{ min: null, mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, p9999: null, max: null },
};

/** What a trial would leave that came out like this. */
export function trial(level: number, verdict: StepVerdict, more: Partial<StepOutcome> = {}): StepOutcome {
  const limits = { holds: null, breaks: 'threshold', generator: 'generator', unsure: 'verifier' } as const;
  const kind = limits[verdict];
  return {
    level,
    purpose: 'ramp',
    verdict,
    reasons: [],
    limit: kind === null ? null : { kind, what: `the ${kind}` },
    ...{ offeredPerSecond: level, achievedPerSecond: level, ackedPerSecond: level },
    latency: {
      ...{ scheduleLag: noSamples, clientWait: noSamples, serviceTime: noSamples },
      ...{ responseTime: noSamples, endToEnd: noSamples },
    },
    lagGrowth: null,
    dir: `steps/${level}`,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 60,
    ...more,
  };
}

/** A target: what becomes of the `step`-th trial, of this load. */
export type Target = (level: number, step: number, purpose: StepPurpose) => StepOutcome;

/** Searches to the end, after these trials. */
export function search(
  about: CapacityGoal,
  target: Target,
  earlier: readonly StepOutcome[] = [],
): { finding: CapacityFinding; outcomes: StepOutcome[] } {
  const outcomes = [...earlier];
  for (;;) {
    const next = nextStep(about, outcomes);
    if (next.kind === 'done') return { finding: next.finding, outcomes };
    if (next.step !== outcomes.length + 1 || next.step > next.atMost) throw new Error(`step ${next.step}`);
    outcomes.push({ ...target(next.level, next.step, next.purpose), purpose: next.purpose });
  }
}

/** Holds up to its capacity, and breaks beyond it. */
export function sharp(capacity: number): Target {
  return (level) => trial(level, level <= capacity ? 'holds' : 'breaks');
}
