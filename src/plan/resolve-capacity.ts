import type { Micros } from '../core/clock.ts';
import { speedRatio } from '../core/time-scale.ts';
import { amountOf } from '../scenario/capacity-schema.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { nodeAt } from '../scenario/tree.ts';
import type { TemplateProblem } from './check-templates.ts';
import { perSecond } from './fleet-schedule.ts';
import { type LoadUnit, roundLoad } from './loads.ts';
import type { Report } from './resolve-plan.ts';
import { rateOf } from './resolve-schedule.ts';

/** What `iotload capacity` looks for. Loads are those of all fleets together: devices, or events per second at 100 %. */
export interface CapacityPlan {
  vary: LoadUnit;
  from: number;
  to: number;
  /** The load of the scenario as it stands. */
  own: number;
  /** How long each load is measured, and how long it runs before. */
  holdUs: Micros;
  settleUs: Micros;
  /** Share by which the load that holds and the one that breaks may differ. */
  precision: number;
  /** Trials of each of these two. */
  confirm: number;
  /** A load to say what it takes for; null: nobody asks. */
  provisionFor: number | null;
  /** The scenario speaks of its capacity; otherwise all of this is by default. */
  stated: boolean;
}

/** Where the scenario names no bounds they are so much below and above its own load. */
const AROUND = 10;
/** Where it names no warm-up a load runs for this share of its hold first, 10 s at most. */
const SETTLE_SHARE = 5;
const LONGEST_SETTLE_US = 10_000_000;

/**
 * Completes the `capacity` of a scenario, or an empty one. null, and reported where the scenario has such a block, where its load cannot be
 * varied.
 */
export function resolveCapacity(draft: ScenarioDraft, report: Report): CapacityPlan | null {
  const { capacity, fleets, run, tree } = draft;
  if (capacity === undefined || fleets.length === 0) return null;
  const obstacle = capacityObstacle(draft);
  if (obstacle !== null) {
    if (hasCapacity(draft)) report(['capacity'], 'bad-value', obstacle);
    return null;
  }
  const own = loadOf(draft, capacity.vary);
  if (own === null) return null;
  const rounded = (load: number): number =>
    Math.max(capacity.vary === 'devices' ? fleets.length : 0, roundLoad(capacity.vary, load));
  const written = (key: 'from' | 'to' | 'provision_for'): number | null =>
    capacity[key] === undefined ? null : amountOf(capacity[key]);
  const from = written('from') ?? rounded(Math.min(own, written('to') ?? own) / AROUND);
  const to = written('to') ?? rounded(Math.max(own, from) * AROUND);
  if (capacity.vary === 'devices' && from < fleets.length)
    report(['capacity', 'from'], 'bad-value', {
      message: `${from} devices cannot make ${fleets.length} fleets`,
      hint: `write at least ${fleets.length}`,
    });
  else if (to <= from)
    report(['capacity'], 'bad-value', {
      message: 'there is nothing between "from" and "to"',
      hint: 'write both of them',
    });
  else {
    const warmUp = nodeAt(tree, ['run', 'warm_up']) === undefined ? undefined : run.warm_up;
    return {
      vary: capacity.vary,
      from,
      to,
      own,
      holdUs: capacity.hold,
      settleUs: warmUp ?? Math.min(LONGEST_SETTLE_US, Math.round(capacity.hold / SETTLE_SHARE)),
      precision: capacity.precision,
      confirm: capacity.confirm,
      provisionFor: written('provision_for'),
      stated: hasCapacity(draft),
    };
  }
  return null;
}

/** Whether the scenario says something about its capacity. */
function hasCapacity({ tree }: ScenarioDraft): boolean {
  return nodeAt(tree, ['capacity']) !== undefined;
}

/** Why no load of this scenario can be said to hold; null where it can. */
function capacityObstacle({ clock, fleets, capacity }: ScenarioDraft): TemplateProblem | null {
  if (clock.speed === 'max')
    return { message: 'where nothing is paced there is no load to vary', hint: 'give clock.speed a number' };
  const recorded = fleets.find(({ value }) => value.rate === 'recorded');
  if (recorded !== undefined && capacity?.vary !== 'devices')
    return {
      message: `fleet ${recorded.name} keeps its recorded pace`,
      hint: 'write vary: devices, or give the fleet a rate',
    };
  return null;
}

/** The load of a scenario at 100 %; null where a fleet's is not known, which has been told. */
function loadOf({ fleets, clock }: ScenarioDraft, vary: CapacityPlan['vary']): number | null {
  const loads = fleets.map((fleet) => {
    if (vary === 'devices') return fleet.value.devices ?? null;
    const rate = rateOf(fleet, speedRatio(clock.speed ?? 'max'));
    return rate === undefined || rate === null ? null : perSecond(rate);
  });
  return loads.includes(null) ? null : loads.reduce<number>((sum, load) => sum + (load ?? 0), 0);
}
