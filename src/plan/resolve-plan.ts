import type { Codec } from '../codecs/codec.ts';
import { codecs } from '../codecs/registry.ts';
import type { Micros } from '../core/clock.ts';
import { parseTemplate } from '../core/template.ts';
import { type Speed, speedRatio, timeScale } from '../core/time-scale.ts';
import type { DiagnosticCode, ScenarioPath } from '../scenario/diagnostic.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import type { ExactRate } from '../schedule/profile.ts';
import { payloadProblem } from './check-payloads.ts';
import type { TemplateProblem } from './check-templates.ts';
import { limitSlots } from './count-limit.ts';
import type { EventSize } from './estimate.ts';
import { peakPerSecond, scaleRates } from './fleet-schedule.ts';
import { withFleetTopics } from './fleet-topics.ts';
import { checkNamedFleets, speaksOf } from './named-fleets.ts';
import type { ClockPlan, FleetPlan, Plan } from './plan.ts';
import { resolveBridges } from './resolve-bridge.ts';
import { type FleetSurroundings, type ResolvedFleet, resolveFleet } from './resolve-fleet.ts';
import { resolveOutputs } from './resolve-outputs.ts';
import { rateOf } from './resolve-schedule.ts';
import { type ResolvedTarget, resolveTargets, targetsOfFleet } from './resolve-targets.ts';
import { resolveThresholds, type ThresholdReport } from './resolve-thresholds.ts';
import { resolveTimeline } from './resolve-timeline.ts';
import { resolveVerify } from './resolve-verify.ts';
import { boundless, extentOf, type RunExtent } from './run-extent.ts';
import type { SafetyQuestion } from './safety.ts';

/** Flags that no single key of a scenario stands for. */
export interface PlanFlags {
  rate: ExactRate | null;
  count: number | null;
  noVerify: boolean;
}

/** A plan with what is to be said about its safety. */
export interface ResolvedPlan {
  plan: Plan;
  extent: RunExtent;
  safety: Omit<SafetyQuestion, 'allow' | 'file' | 'costUsd'> & { allow: readonly string[] };
  /** Largest events of each fleet. */
  largest: EventSize[];
}

export type Report = (path: ScenarioPath, code: DiagnosticCode, problem: TemplateProblem, offset?: number) => void;

/**
 * Resolves a scenario into its plan; null, and everything reported, where anything in it is wrong. `file` is what the file alone comes to,
 * null to take this scenario for it.
 */
export function resolvePlan(
  draft: ScenarioDraft,
  scenarioFile: string,
  flags: PlanFlags,
  file: RunExtent | null,
  report: Report,
): ResolvedPlan | null {
  const { top, run, clock, safety } = draft;
  // Where they are wrong, their default lets everything else be checked.
  const warmUpUs = run.warm_up ?? 0;
  const durationUs = run.duration ?? 60_000_000;
  const endUs = warmUpUs + durationUs;

  const clockPlan: ClockPlan = { startUs: clock.start ?? null, speed: clock.speed ?? realTime };
  const speed = speedRatio(clockPlan.speed);

  const name = top.name ?? nameOfFile(scenarioFile);
  const targets = resolveTargets(draft, name, report);
  const to = draft.fleets.map((fleet) => targetsOfFleet(draft, fleet, targets, report));
  const senders = targets.filter((_, index) => to.some((indices) => indices.includes(index)));
  checkClock(clockPlan, endUs, senders, report);
  const rates = scaled(draft, flags.rate, speed, report);
  const fleets = draft.fleets.map((fleet, i) => {
    const around: FleetSurroundings = {
      warmUpUs,
      durationUs,
      rate: rates?.[i] ?? null,
      speed,
      clockStartUs: clockPlan.startUs ?? 0,
      seed: top.seed ?? 1,
      targets: (to[i] as number[]).map((index) => targets[index] as ResolvedTarget),
      to: to[i] as number[],
    };
    return resolveFleet(fleet, around, report);
  });
  checkDistinctIds(draft, report);
  checkNamedFleets(draft.fleets, report);
  checkPayloads(fleets, targets, report);
  const timeline = resolveTimeline(draft, { warmUpUs, durationUs, targets }, report);
  const sending = draft.fleets.map(({ name }, i) => ({
    name,
    identity: fleets[i]?.plan.payload.identity ?? 'none',
    to: to[i] as number[],
  }));
  const verify = resolveVerify(draft, targets, sending, flags.noVerify, report);
  const scopes = [...draft.fleets.map(({ name }) => name), ...draft.targetNames];
  const sound = fleets.filter((fleet) => fleet !== null);
  if (sound.length < fleets.length || sound.length === 0) {
    // Only their form can be judged.
    resolveThresholds(draft.thresholds, scopes, boundless, boundless, thresholdReport(report));
    return null;
  }

  const slots = limitSlots(
    sound.map(({ plan, profile }) => ({ profile, slots: plan.slots })),
    flags.count ?? Number.POSITIVE_INFINITY,
    endUs,
  );
  const bridges = resolveBridges(draft, targets, sound, verify, report);
  const ways = waysOf(sound, slots, targets.length);
  const { outputs, listens } = resolveOutputs(draft, name);
  const whole = targets.length > 0 && targets.length === draft.targetNames.length;
  const plan: Plan | null =
    !whole || verify === undefined || bridges === undefined
      ? null
      : {
          plan: 1,
          name,
          description: top.description ?? '',
          seed: top.seed ?? 1,
          clock: clockPlan,
          run: { warmUpUs, durationUs, drainUs: run.drain ?? 30_000_000 },
          fleets: ways.map(({ plan }) => plan),
          targets: withFleetTopics(draft, targets, to, bridges ?? [], name),
          ...(bridges === null ? {} : { bridges }),
          verify,
          thresholds: [],
          timeline: timeline.map((entry) => ({ ...entry, fleets: placesOf(entry.fleets, ways) })),
          ...(draft.plugins.length === 0 ? {} : { plugins: draft.plugins }),
          outputs,
          limits: { memoryBytes: safety.max_memory ?? null },
        };
  const paced = clockPlan.speed !== 'max';
  const extent = extentOf(sound, slots, draft.targetNames, plan, { warmUpUs, durationUs, paced });
  const thresholds = resolveThresholds(draft.thresholds, scopes, extent, file ?? extent, thresholdReport(report));
  if (plan === null) return null;
  plan.thresholds = thresholds;
  return {
    plan,
    extent,
    safety: {
      hosts: [...new Set(targets.flatMap(({ traits }) => traits.hosts))],
      literal: targets.flatMap(({ traits, literal }) => (literal ? traits.hosts : [])),
      listens,
      allow: safety.allow ?? [],
      peakPerSecond: peakPerSecond(
        ways.map(({ plan }) => plan.schedule),
        endUs,
      ),
      durationUs: endUs,
      maxPerSecond:
        safety.max_rate === undefined ? undefined : (safety.max_rate.events / safety.max_rate.perUs) * 1_000_000,
      maxDurationUs: safety.max_duration,
      maxCostUsd: safety.max_cost,
    },
    largest: ways.map(({ largest }) => largest),
  };
}

/**
 * The fleets as the plan holds them: once for each of their targets. What they are called in identities is said only where there could be
 * a doubt, so that plans with one target stay as they are.
 */
function waysOf(
  fleets: readonly ResolvedFleet[],
  slots: readonly number[],
  targets: number,
): { plan: FleetPlan; largest: EventSize; number: number }[] {
  return fleets.flatMap(({ plan, ways }, number) =>
    ways.map(({ target, address, largest }) => ({
      plan: { ...plan, slots: slots[number] as number, target, address, ...(targets === 1 ? {} : { number }) },
      largest,
      number,
    })),
  );
}

/** Indices in the plan of fleets by their indices in the scenario. */
function placesOf(fleets: number[] | null, ways: readonly { number: number }[]): number[] | null {
  return fleets?.flatMap((fleet) => ways.flatMap(({ number }, place) => (number === fleet ? [place] : []))) ?? null;
}

function thresholdReport(report: Report): ThresholdReport {
  return (path, offset, problem) => report(path, 'bad-threshold', problem, offset);
}

const realTime: Speed = { numerator: 1, denominator: 1 };
/** Start of the year 2200. */
const LAST_INSTANT_US = 7_258_118_400_000_000;

function checkClock(
  { startUs, speed }: ClockPlan,
  endUs: Micros,
  targets: readonly ResolvedTarget[],
  report: Report,
): void {
  if (speed === 'max') {
    const target = targets.find(({ traits }) => !traits.unpaced);
    if (target === undefined) return;
    const hint = 'write a speed such as 1440x, or send to a file';
    const message = `${target.protocol} has a pace of its own: max is for file and discard`;
    report(['clock', 'speed'], 'bad-value', { message, hint });
    return;
  }
  if ((startUs ?? 0) + timeScale(speed).deviceOf(endUs) <= LAST_INSTANT_US) return;
  const hint = 'lower the speed or the duration';
  report(['clock', 'speed'], 'bad-value', { message: 'device time would leave the years up to 2199', hint });
}

function scaled(draft: ScenarioDraft, total: ExactRate | null, speed: Speed, report: Report): ExactRate[] | null {
  if (total === null) return null;
  const recorded = draft.fleets.find(({ value }) => value.rate === 'recorded');
  if (recorded !== undefined) {
    const hint = `such as --set fleets.${recorded.name}.params.warp=2x instead`;
    report(['--rate'], 'flag', { message: `fleet ${recorded.name} keeps its recorded pace`, hint });
    return null;
  }
  const rates = draft.fleets.map((fleet) => rateOf(fleet, speed)).filter((rate) => rate !== undefined && rate !== null);
  if (rates.length < draft.fleets.length) return null;
  const result = scaleRates(rates, total);
  if (result === null)
    report(['--rate'], 'flag', {
      message: 'the fleets’ rates cannot be scaled to it exactly',
      hint: 'use rounder numbers',
    });
  return result;
}

/** Payloads that a target cannot hold. */
function checkPayloads(
  fleets: readonly (ResolvedFleet | null)[],
  targets: readonly ResolvedTarget[],
  report: Report,
): void {
  // One format is wrong for all of them.
  const told = new Set<number>();
  for (const fleet of fleets) {
    for (const { target: index } of fleet?.ways ?? []) {
      const target = targets[index];
      if (fleet === null || target === undefined || told.has(index)) continue;
      const { name, payload } = fleet.plan;
      const problem = payloadProblem(target.traits, name, codecs[payload.codec] as Codec, payload.padTo);
      if (problem === null) continue;
      const path = problem.key === 'format' ? [...target.path, 'format'] : ['fleets', name, 'payload', problem.key];
      report(path, 'bad-value', problem);
      if (problem.key === 'format') told.add(index);
    }
  }
}

/** Fleets whose devices would be mistaken for each other. */
function checkDistinctIds(draft: ScenarioDraft, report: Report): void {
  const owners = new Map<string, string>();
  for (const { name, value } of draft.fleets) {
    if (value.id === undefined || !onlyIndexed(value.id)) continue;
    const other = owners.get(value.id);
    if (other !== undefined && speaksOf(draft.fleets, name, other)) continue;
    if (other === undefined) owners.set(value.id, name);
    else
      report(['fleets', name, 'id'], 'bad-value', {
        message: `fleet ${other} gives its devices the same ids`,
        hint: 'put <fleet> into the id',
      });
  }
}

function onlyIndexed(id: string): boolean {
  try {
    return parseTemplate(id).every((part) => part.kind === 'text' || ['index', 'ordinal', 'run'].includes(part.name));
  } catch {
    return false;
  }
}

/** The file's name without folder and extension. */
function nameOfFile(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? '';
  return base.replace(/\.[^.]*$/, '').replace(/\p{Cc}/gu, '') || 'scenario';
}
