import { isAbsolute, join } from 'node:path';
import type { Codec } from '../codecs/codec.ts';
import { codecs } from '../codecs/registry.ts';
import type { Micros } from '../core/clock.ts';
import { parseTemplate } from '../core/template.ts';
import { type Speed, speedRatio, timeScale } from '../core/time-scale.ts';
import type { DiagnosticCode, ScenarioPath } from '../scenario/diagnostic.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { isLiteral } from '../scenario/references.ts';
import { keyAt, nodeAt } from '../scenario/tree.ts';
import type { ExactRate } from '../schedule/profile.ts';
import { targets } from '../targets/registry.ts';
import type { TargetDefinition, TargetOptions, TargetTraits } from '../targets/target.ts';
import { payloadProblem } from './check-payloads.ts';
import type { TemplateProblem } from './check-templates.ts';
import { limitSlots } from './count-limit.ts';
import type { EventSize } from './estimate.ts';
import { topicProblem } from './fleet-address.ts';
import { peakPerSecond, scaleRates } from './fleet-schedule.ts';
import { checkNamedFleets, speaksOf } from './named-fleets.ts';
import type { ClockPlan, Plan, TargetPlan, VerifyPlan } from './plan.ts';
import { type FleetSurroundings, type ResolvedFleet, resolveFleet } from './resolve-fleet.ts';
import { rateOf } from './resolve-schedule.ts';
import type { RunExtent } from './resolve-thresholds.ts';
import { resolveThresholds } from './resolve-thresholds.ts';
import { resolveTimeline } from './resolve-timeline.ts';
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
  const { top, run, clock, outputs, safety } = draft;
  // Where they are wrong, their default lets everything else be checked.
  const warmUpUs = run.warm_up ?? 0;
  const durationUs = run.duration ?? 60_000_000;
  const endUs = warmUpUs + durationUs;

  const clockPlan: ClockPlan = { startUs: clock.start ?? null, speed: clock.speed ?? realTime };
  const speed = speedRatio(clockPlan.speed);

  const name = top.name ?? nameOfFile(scenarioFile);
  const target = targetOf(draft, name, report);
  checkClock(clockPlan, endUs, target, report);
  const rates = scaled(draft, flags.rate, speed, report);
  const fleets = draft.fleets.map((fleet, i) => {
    const around: FleetSurroundings = {
      warmUpUs,
      durationUs,
      rate: rates?.[i] ?? null,
      speed,
      clockStartUs: clockPlan.startUs ?? 0,
      seed: top.seed ?? 1,
      target,
    };
    return resolveFleet(fleet, around, report);
  });
  checkDistinctIds(draft, report);
  checkNamedFleets(draft.fleets, report);
  checkPayloads(fleets, target, report);
  const timeline = resolveTimeline(draft, { warmUpUs, durationUs, target }, report);
  const verify = verifyOf(draft, target, flags, report);
  const scopes = [...draft.fleets.map(({ name }) => name), 'target'];
  const sound = fleets.filter((fleet) => fleet !== null);
  if (sound.length < fleets.length || sound.length === 0) {
    // Only their form can be judged.
    const anything: RunExtent = { samples: () => Number.POSITIVE_INFINITY, verified: true, paced: true };
    resolveThresholds(draft.thresholds, scopes, anything, anything, thresholdReport(report));
    return null;
  }

  const slots = limitSlots(
    sound.map(({ plan, profile }) => ({ profile, slots: plan.slots })),
    flags.count ?? Number.POSITIVE_INFINITY,
    endUs,
  );
  const paced = clockPlan.speed !== 'max';
  const extent = extentOf(sound, slots, warmUpUs, { verified: verify !== null, paced });
  const thresholds = resolveThresholds(draft.thresholds, scopes, extent, file ?? extent, thresholdReport(report));
  if (target === undefined || verify === undefined) return null;

  const plan: Plan = {
    plan: 1,
    name,
    description: top.description ?? '',
    seed: top.seed ?? 1,
    clock: clockPlan,
    run: { warmUpUs, durationUs, drainUs: run.drain ?? 30_000_000 },
    fleets: sound.map((fleet, i) => ({ ...fleet.plan, slots: slots[i] as number })),
    targets: [target.plan],
    verify,
    thresholds,
    timeline,
    ...(draft.plugins.length === 0 ? {} : { plugins: draft.plugins }),
    outputs: { dir: (outputs.dir ?? '').replaceAll('<name>', slugOf(name)), labels: outputs.labels ?? {} },
    limits: { memoryBytes: safety.max_memory ?? null },
  };
  const endpoint = nodeAt(draft.tree, ['target', 'endpoint']);
  return {
    plan,
    extent,
    safety: {
      hosts: target.traits.hosts,
      literal: endpoint?.kind === 'scalar' && isLiteral(endpoint),
      allow: safety.allow ?? [],
      peakPerSecond: peakPerSecond(
        sound.map((fleet) => fleet.plan.schedule),
        endUs,
      ),
      durationUs: endUs,
      maxPerSecond:
        safety.max_rate === undefined ? undefined : (safety.max_rate.events / safety.max_rate.perUs) * 1_000_000,
      maxDurationUs: safety.max_duration,
      maxCostUsd: safety.max_cost,
    },
    largest: sound.map(({ largest }) => largest),
  };
}

function thresholdReport(report: Report): (index: number, offset: number, problem: TemplateProblem) => void {
  return (index, offset, problem) => report(['thresholds', index], 'bad-threshold', problem, offset);
}

interface ResolvedTarget {
  plan: TargetPlan;
  protocol: string;
  traits: TargetTraits;
  address: string;
}

function targetOf(draft: ScenarioDraft, scenario: string, report: Report): ResolvedTarget | undefined {
  if (draft.target === undefined) return undefined;
  const { protocol } = draft.target;
  const definition: TargetDefinition = targets[protocol];
  const placed = readFrom(draft.folder, draft.target.options);
  const options = definition.inScenario?.(placed, scenario) ?? placed;
  const traits = definition.traits(options);
  const text = (key: string): string => (typeof options[key] === 'string' ? options[key] : '');
  if (traits.address === 'topic') {
    const problem = topicProblem(text('topic'));
    if (problem !== null) report(['target', 'topic'], 'bad-value', problem);
  }
  const address = traits.address === 'none' ? '' : text(traits.address);
  return { plan: { name: 'target', protocol, options }, protocol, traits, address };
}

/** Files of certificates and credentials stand beside the scenario. */
function readFrom(folder: string, options: TargetOptions): TargetOptions {
  const beside = (file: unknown): unknown => (typeof file !== 'string' || isAbsolute(file) ? file : join(folder, file));
  const { tls, devicesFile } = options;
  const files = Object.entries((tls ?? {}) as Record<string, string>).map(([key, file]) => [key, beside(file)]);
  return {
    ...options,
    ...(typeof tls === 'object' && tls !== null ? { tls: Object.fromEntries(files) } : {}),
    ...(devicesFile === undefined ? {} : { devicesFile: beside(devicesFile) }),
  };
}

const realTime: Speed = { numerator: 1, denominator: 1 };
/** Start of the year 2200. */
const LAST_INSTANT_US = 7_258_118_400_000_000;

function checkClock(
  { startUs, speed }: ClockPlan,
  endUs: Micros,
  target: ResolvedTarget | undefined,
  report: Report,
): void {
  if (speed === 'max') {
    if (target === undefined || target.traits.unpaced) return;
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

/** Payloads that the target cannot hold. */
function checkPayloads(
  fleets: readonly (ResolvedFleet | null)[],
  target: ResolvedTarget | undefined,
  report: Report,
): void {
  for (const fleet of fleets) {
    if (fleet === null || target === undefined) continue;
    const { name, payload } = fleet.plan;
    const problem = payloadProblem(target.traits, name, codecs[payload.codec] as Codec);
    if (problem === null) continue;
    report(
      problem.key === 'format' ? ['target', 'format'] : ['fleets', name, 'payload', 'codec'],
      'bad-value',
      problem,
    );
    // One format is wrong for all of them.
    if (problem.key === 'format') return;
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

/** null: not asked; undefined: something is wrong. */
function verifyOf(
  draft: ScenarioDraft,
  target: ResolvedTarget | undefined,
  flags: PlanFlags,
  report: Report,
): VerifyPlan | null | undefined {
  const { verify } = draft;
  if (verify === undefined || verify === null || target === undefined) return verify === null ? null : undefined;
  const { traits, protocol } = target;
  if (!traits.readable) {
    const asked = keyAt(draft.tree, ['verify']) !== undefined;
    if (asked)
      report(['verify'], 'bad-value', { message: `${protocol} cannot be read back`, hint: 'leave verify away' });
    return asked ? undefined : null;
  }
  if (!traits.acknowledges && verify.expect !== undefined && verify.expect !== 'at-most-once') {
    const hint = 'write expect: at-most-once, or let the target acknowledge (qos: 1, acks: all)';
    report(['verify', 'expect'], 'bad-value', {
      message: `nothing is acknowledged, so ${verify.expect} cannot be judged`,
      hint,
    });
    return undefined;
  }
  if (flags.noVerify) return null;
  return {
    read: 0,
    expect: verify.expect ?? (traits.acknowledges ? 'at-least-once' : 'at-most-once'),
    order: verify.order === undefined ? traits.ordered : verify.order === 'per_device',
    graceUs: verify.grace,
  };
}

function extentOf(
  fleets: readonly ResolvedFleet[],
  slots: readonly number[],
  warmUpUs: Micros,
  about: { verified: boolean; paced: boolean },
): RunExtent {
  const measured = fleets.map(({ profile }, i) => Math.max(0, (slots[i] as number) - profile.dueBy(warmUpUs)));
  return {
    ...about,
    samples: (scope) =>
      measured.reduce(
        (sum, count, i) => sum + (scope === null || scope === 'target' || fleets[i]?.plan.name === scope ? count : 0),
        0,
      ),
  };
}

/** The file's name without folder and extension. */
function nameOfFile(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? '';
  return base.replace(/\.[^.]*$/, '').replace(/\p{Cc}/gu, '') || 'scenario';
}

/** A name as part of a path. */
function slugOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|-+$/g, '') || 'scenario';
}
