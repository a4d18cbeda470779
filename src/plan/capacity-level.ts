import { quantileSupported, type Threshold } from '../metrics/threshold.ts';
import type { FleetDraft, ScenarioDraft } from '../scenario/load-scenario.ts';
import type { ExactRate } from '../schedule/profile.ts';
import { ratio } from '../schedule/ratio.ts';
import { targetOf } from '../targets/registry.ts';
import type { Plan } from './plan.ts';
import type { CapacityPlan } from './resolve-capacity.ts';

/** Slowest that 99 of 100 events may be where a scenario sets no threshold. */
const DEFAULT_LIMIT = '1s';

/**
 * A scenario at one load: it is held throughout, so profiles have no say. `rate` is what all fleets are scaled to; null where their rates
 * are their own.
 */
export function atLevel(
  draft: ScenarioDraft,
  { vary, holdUs, settleUs }: CapacityPlan,
  level: number,
): { draft: ScenarioDraft; rate: ExactRate | null } {
  const devices = vary === 'devices' ? sharedDevices(draft.fleets, level) : null;
  const fleets = draft.fleets.map((fleet, i): FleetDraft => {
    const { profile: _, ...value } = fleet.value;
    return { ...fleet, value: devices === null ? value : { ...value, devices: devices[i] as number } };
  });
  const run = { ...draft.run, warm_up: settleUs, duration: holdUs };
  return { draft: { ...draft, fleets, run }, rate: vary === 'rate' ? exactRate(level) : null };
}

/** Devices for each fleet, in proportion to what it has: together exactly `level`, and each at least one. */
export function sharedDevices(fleets: readonly FleetDraft[], level: number): number[] {
  const own = fleets.map(({ value }) => value.devices ?? 1);
  const all = own.reduce((sum, devices) => sum + devices, 0);
  let [below, given] = [0, 0];
  return own.map((devices, i) => {
    below += devices;
    const left = level - given - (own.length - 1 - i);
    const share = Math.min(left, Math.max(1, Math.round((level * below) / all) - given));
    given += share;
    return share;
  });
}

/** Events per second to a millionth, as a ratio of small integers. */
export function exactRate(eventsPerSecond: number): ExactRate {
  const { n, d } = ratio(Math.max(1, Math.round(eventsPerSecond * 1e6)), 1_000_000_000_000n);
  return { events: Number(n), perUs: Number(d) };
}

/**
 * A plan that judges how long events take, although its scenario does not say: until they are acknowledged, or seen where nobody
 * acknowledges. Of quantiles the highest up to p99 that there are enough events for.
 */
export function withDefaultThreshold(plan: Plan): Plan {
  if (plan.thresholds.length > 0) return plan;
  const senders = plan.targets.filter((_, target) => plan.fleets.some((fleet) => fleet.target === target));
  const answered = senders.every(({ protocol, options }) => targetOf(protocol).traits(options).acknowledges);
  if (!answered && plan.verify === null) return plan;
  const metric = answered ? 'response_time' : 'end_to_end';
  const { warmUpUs, durationUs } = plan.run;
  const slots = plan.fleets.reduce((sum, fleet) => sum + fleet.slots, 0);
  const measured = (slots * durationUs) / (warmUpUs + durationUs);
  const supported = (stat: Threshold['stat']): boolean => quantileSupported({ stat }, measured);
  const stat = (['p99', 'p90', 'p50'] as const).find(supported) ?? 'max';
  return { ...plan, thresholds: [{ expression: `${metric} ${stat} < ${DEFAULT_LIMIT}` }] };
}
