import { formatMicros, formatRate } from '../core/units.ts';
import { formatShare } from '../metrics/format-share.ts';
import type { CheckResult, RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { stretchesWithin } from '../report/timeline/stretches-within.ts';
import type { Timeline } from '../report/timeline/timeline.ts';
import { lagGrowth } from './lag-growth.ts';
import type { StepLimit, StepOutcome, StepPurpose, StepVerdict } from './search.ts';
import { type WindowFigures, windowFigures } from './window-figures.ts';

/** Least share of the offered load that a target has to take. */
const LEAST_TAKEN = 0.99;
/** What is on its way may be more at one moment than at another by this much load, whatever is taken. */
const ON_ITS_WAY_SECONDS = 0.1;
/** Seconds by which the wait of an event may grow in a second: what is beyond, and surely is, piles up. */
const MOST_GROWTH = 0.002;
/** A generator that was late by so much hands over in a burst, which a target may need as long again to work off. */
const OWN_PART = 2;

/** A trial, and what its run left. */
export interface TriedStep {
  level: number;
  purpose: StepPurpose;
  dir: string;
  plan: Plan;
  result: RunResult;
  timeline: Timeline;
}

/** What has to be true of a load that holds, one expression each. */
export function holdsIf({ verify, thresholds }: Plan): string[] {
  return [
    ...(verify === null ? [] : [`expect: ${verify.expect}`]),
    ...thresholds.map(({ expression }) => expression),
    `taken >= ${LEAST_TAKEN * 100}%`,
    'wait of an event does not grow',
  ];
}

/**
 * What the run of one load says: the target held it, or broke; or the generator, or the verifier, was the limit, and it says nothing. What
 * failed soundly failed, whatever state the generator was in. Pure.
 */
export function stepOutcome({ level, purpose, dir, plan, result, timeline }: TriedStep): StepOutcome {
  const { rate, events, latency } = result;
  const { warmUpUs, durationUs } = plan.run;
  const within = stretchesWithin(timeline.stretches, warmUpUs, warmUpUs + durationUs);
  const growth = lagGrowth(within);
  const window = windowFigures(within, durationUs);
  const share = events.sent === 0 ? 0 : (events.acked + events.noAck) / events.sent;
  const { unit: _, ...intervals } = latency;
  // Devices that are offline by design hold back what is due.
  const held = plan.fleets.some(({ behavior }) => behavior !== undefined);
  return {
    level,
    purpose,
    ...judged(result, growth, held ? null : window),
    offeredPerSecond: window?.offeredPerSecond ?? rate.targetPerSecond,
    achievedPerSecond: window?.sentPerSecond ?? rate.achievedPerSecond,
    ackedPerSecond: window?.takenPerSecond ?? rate.achievedPerSecond * share,
    latency: intervals,
    lagGrowth: growth,
    dir,
    startedAt: result.run.startedAt,
    seconds: result.run.durationSeconds,
  };
}

type Judged = Pick<StepOutcome, 'verdict' | 'reasons' | 'limit'>;

function judged(result: RunResult, growth: StepOutcome['lagGrowth'], window: WindowFigures | null): Judged {
  const { generator, verifier, checks, reasons } = result;
  const because = (verdict: StepVerdict, kind: StepLimit['kind'], what: string, why: readonly string[]): Judged => ({
    verdict,
    reasons: [...why],
    limit: { kind, what },
  });
  const full = result.errors.find(({ code }) => code.endsWith('/throttled'));
  const ofTarget = (kind: StepLimit['kind'], what: string, why: readonly string[]): Judged =>
    full === undefined
      ? because('breaks', kind, what, why)
      : because('breaks', 'target', `no room at ${full.message}`, why);

  const failed = checks.find(({ status }) => status === 'fail');
  if (failed !== undefined) return ofTarget(kindOf(failed), failed.expression, reasons);
  const shortfall = shortfallOf(result, window);
  if (shortfall?.beyondOurs) return ofTarget('throughput', 'the load was not taken', [shortfall.why, ...reasons]);
  const [signal] = generator.signals;
  if (generator.status === 'unhealthy')
    return because('generator', 'generator', signal ?? 'the generator', generator.signals);
  if (result.errors.some(({ code }) => code === 'memory-exceeded'))
    return because('generator', 'generator', 'safety.max_memory', reasons);
  const overflow = result.errors.find(({ code }) => code === 'backlog-full');
  if (overflow !== undefined) return ofTarget('throughput', overflow.message, reasons);
  if (shortfall !== null) return ofTarget('throughput', 'the load was not taken', [shortfall.why, ...reasons]);
  const piled = growth !== null && growth.low > 0 && growth.perSecond > MOST_GROWTH ? growth : null;
  // A reader that cannot keep up makes events arrive later and later, whatever the target does.
  if (piled !== null && verifier.status !== 'unhealthy') {
    const [each, low, high] = [piled.perSecond, piled.low, piled.high].map((seconds) => formatMicros(seconds * 1e6));
    const sentence = `events waited longer and longer: ${each} more every second (${low} to ${high})`;
    return ofTarget('backlog', 'events wait longer and longer', [sentence]);
  }
  if (result.verdict === 'pass') return { verdict: 'holds', reasons: [], limit: null };
  const [doubt] = verifier.signals;
  if (verifier.status === 'unhealthy') return because('unsure', 'verifier', doubt ?? 'the verifier', reasons);
  const open = checks.find(({ status }) => status === 'inconclusive');
  return because('unsure', 'other', open?.name ?? reasons[0] ?? 'the run', reasons);
}

function kindOf({ name, expression }: CheckResult): StepLimit['kind'] {
  return name === expression ? 'threshold' : 'delivery';
}

/** Why the target did not take what was offered, and whether our own lateness cannot explain it; null where it did. */
function shortfallOf(
  { events, latency }: RunResult,
  window: WindowFigures | null,
): { why: string; beyondOurs: boolean } | null {
  const taken = events.acked + events.noAck;
  if (taken < events.intended * LEAST_TAKEN) {
    const why = `the target took only ${formatShare(taken / events.intended)} of ${events.intended} events`;
    return { why, beyondOurs: false };
  }
  if (window === null) return null;
  const beyond = window.backlogSeconds - window.seconds * (1 - LEAST_TAKEN) - ON_ITS_WAY_SECONDS;
  if (beyond <= 0) return null;
  const [got, due] = [formatRate(window.takenPerSecond), formatRate(window.offeredPerSecond)];
  const ours = (OWN_PART * (latency.scheduleLag.max ?? 0)) / 1e6;
  return { why: `the target took only ${got} of ${due}`, beyondOurs: beyond > ours };
}
