import { isAbsolute, join } from 'node:path';
import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { FleetDraft, ScenarioDraft } from '../scenario/load-scenario.ts';
import { isLiteral } from '../scenario/references.ts';
import { keyAt, nodeAt } from '../scenario/tree.ts';
import { targets } from '../targets/registry.ts';
import type { TargetDefinition, TargetOptions } from '../targets/target.ts';
import { type AddressedTarget, topicProblem } from './fleet-address.ts';
import { nearestHint } from './nearest-hint.ts';
import type { TargetPlan } from './plan.ts';
import type { Report } from './resolve-plan.ts';

/** A target of a plan, with what the rest of the plan asks about it. */
export interface ResolvedTarget extends AddressedTarget {
  plan: TargetPlan;
  /** Its endpoint stands literally in the scenario. */
  literal: boolean;
}

/** The targets that have no mistake, in the scenario's order. */
export function resolveTargets(draft: ScenarioDraft, scenario: string, report: Report): ResolvedTarget[] {
  return draft.targets.map(({ name, path, protocol, options: given }): ResolvedTarget => {
    const definition: TargetDefinition = targets[protocol];
    const placed = readFrom(draft.folder, given);
    const options = definition.inScenario?.(placed, scenario) ?? placed;
    const traits = definition.traits(options);
    const text = (key: string): string => (typeof options[key] === 'string' ? options[key] : '');
    if (traits.address === 'topic') {
      const problem = topicProblem(text('topic'));
      if (problem !== null) report([...path, 'topic'], 'bad-value', problem);
    }
    const address = traits.address === 'none' ? '' : text(traits.address);
    const endpoint = nodeAt(draft.tree, [...path, 'endpoint']);
    const literal = endpoint?.kind === 'scalar' && isLiteral(endpoint);
    return { plan: { name, protocol, options }, protocol, traits, address, path, literal };
  });
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

/** Indices of the targets that a fleet sends to, in its order; those that are wrong themselves are left out. */
export function targetsOfFleet(
  draft: ScenarioDraft,
  { name, value: { to } }: FleetDraft,
  resolved: readonly ResolvedTarget[],
  report: Report,
): number[] {
  const names = draft.targetNames;
  const indexOf = (target: string): number => resolved.findIndex(({ plan }) => plan.name === target);
  if (to === undefined) {
    if (names.length === 1) return [...resolved.keys()];
    const wrong = keyAt(draft.tree, ['fleets', name, 'to']) !== undefined;
    if (names.length > 1 && !wrong) {
      const hint = `write to: [${names.join(', ')}], or some of them`;
      report(['fleets', name], 'missing-key', { message: '"to" is missing: there are several targets', hint });
    }
    return [];
  }
  return to.flatMap((target, i) => {
    const path: ScenarioPath = ['fleets', name, 'to', i];
    if (!names.includes(target)) {
      report(path, 'bad-value', { message: `there is no target "${target}"`, hint: nearestHint(target, names) });
      return [];
    }
    if (to.indexOf(target) < i) {
      report(path, 'bad-value', { message: `"${target}" stands there twice`, hint: null });
      return [];
    }
    const index = indexOf(target);
    return index < 0 ? [] : [index];
  });
}
