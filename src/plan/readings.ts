import { targetOf } from '../targets/registry.ts';
import { takesFleet } from './bridged-fleets.ts';
import type { FleetPlan, Plan, TargetPlan, VerifyPlan } from './plan.ts';

/** One target that is read back, with the plan as its verifier sees it. */
export interface Reading {
  /** Index into `targets`. */
  target: number;
  name: string;
  /** A tap tells on which hop something happened and is never judged. */
  tap: boolean;
  /** Nobody sends there: it is what a bridge writes to. */
  elsewhere: boolean;
  /** Places in the run's plan of the fleets whose events have to arrive there; those of `plan`, in its order. */
  fleets: readonly number[];
  /** Indices of the targets that these are sent to. */
  origins: readonly number[];
  /** The plan with these fleets alone, as if they sent to what is read. */
  plan: Plan & { verify: VerifyPlan };
  /** Name of the file of what is seen. */
  file: string;
}

/** Targets of a plan that are read back and judged, by index. */
export function readTargets({ verify }: Pick<Plan, 'verify'>): number[] {
  return verify === null ? [] : [verify.read, ...(verify.others ?? [])];
}

/** Whether anything is read back from a target, to be judged or as a tap. */
export function isRead(plan: Pick<Plan, 'verify'>, target: number): boolean {
  return readTargets(plan).includes(target) || (plan.verify?.taps?.includes(target) ?? false);
}

/** Everything that a plan reads back: one verifier each, what is judged first. */
export function readingsOf(plan: Plan): Reading[] {
  const { verify } = plan;
  if (verify === null) return [];
  const reads = readTargets(plan);
  const taps = verify.taps ?? [];
  if (plan.targets.length === 1) {
    const { name } = plan.targets[0] as TargetPlan;
    const fleets = plan.fleets.map((_, fleet) => fleet);
    const origins = fleets.map(() => 0);
    return [
      { target: 0, name, tap: false, elsewhere: false, fleets, origins, plan: { ...plan, verify }, file: 'seen' },
    ];
  }
  const alone = reads.length + taps.length === 1;
  return [...reads, ...taps].map((target): Reading => {
    const { name } = plan.targets[target] as TargetPlan;
    const elsewhere = plan.fleets.every((fleet) => fleet.target !== target);
    const fleets = plan.fleets.flatMap((fleet, place) =>
      (elsewhere ? isBridged(plan, reads, place, target) : fleet.target === target) ? [place] : [],
    );
    return {
      target,
      name,
      tap: !reads.includes(target),
      elsewhere,
      fleets,
      origins: fleets.map((place) => plan.fleets[place]?.target ?? target),
      plan: seenFrom(plan, verify, target, elsewhere, fleets),
      file: alone ? 'seen' : `seen-${name}`,
    };
  });
}

/** Whether a bridge brings a fleet's events to a target: ours, of which it is known, or somebody else's, which brings all. */
function isBridged(plan: Plan, reads: readonly number[], place: number, target: number): boolean {
  const ours = (plan.bridges ?? []).filter(({ to }) => to === target);
  if (ours.length === 0) return isOrigin(plan, reads, place);
  const fleet = plan.fleets[place] as FleetPlan;
  return ours.some((bridge) => bridge.from === fleet.target && takesFleet(bridge, fleet));
}

/**
 * Whether what a bridge makes of a fleet's events is expected from this one of its ways: the first to a target that is not read itself, or
 * else the first.
 */
function isOrigin({ fleets }: Plan, reads: readonly number[], place: number): boolean {
  const numberOf = ({ number }: FleetPlan, at: number): number => number ?? at;
  const own = numberOf(fleets[place] as FleetPlan, place);
  const ways = fleets.flatMap((fleet, at) => (numberOf(fleet, at) === own ? [at] : []));
  const unread = ways.find((at) => !reads.includes(fleets[at]?.target ?? -1));
  return place === (unread ?? ways[0]);
}

function seenFrom(
  plan: Plan,
  { expect, order, graceUs, hop }: VerifyPlan,
  target: number,
  elsewhere: boolean,
  places: readonly number[],
): Reading['plan'] {
  const { protocol, options } = plan.targets[target] as TargetPlan;
  const { address: kind } = targetOf(protocol).traits(options);
  const own = kind === 'none' ? '' : String(options[kind] ?? '');
  const fleets = places.map((place): FleetPlan => {
    const fleet = plan.fleets[place] as FleetPlan;
    const number = fleet.number ?? place;
    if (!elsewhere) return { ...fleet, number };
    const counted = hop?.survives === 'none' ? { payload: { ...fleet.payload, identity: 'none' as const } } : {};
    return { ...fleet, number, address: own, target, ...counted };
  });
  const besides = plan.fleets.filter(({ name }) => fleets.every((fleet) => fleet.name !== name));
  const timeline = plan.timeline.map((entry) => ({
    ...entry,
    fleets: entry.fleets?.flatMap((fleet) => (places.includes(fleet) ? [places.indexOf(fleet)] : [])) ?? null,
  }));
  const verify = { read: target, expect, order, graceUs, ...(elsewhere && hop !== undefined ? { hop } : {}) };
  return { ...plan, fleets, ...(besides.length === 0 ? {} : { besides }), timeline, verify };
}
