import type { z } from 'zod';
import type { WireSchema } from '../codecs/codec.ts';
import type { FieldNode } from '../codecs/field-tree.ts';
import { closestName } from '../core/closest-name.ts';
import type { Params } from '../models/model.ts';
import { type BridgeDraft, checkBridge } from './bridge-schema.ts';
import { type CapacityDraft, checkCapacity } from './capacity-schema.ts';
import { checkTargets, type TargetDraft } from './check-targets.ts';
import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { applyEnvironment, type Environments, takeEnvironments } from './environments.ts';
import { fieldsOf } from './field-tree.ts';
import type { PluginPlan } from './load-plugin.ts';
import { applyOverride, type Override } from './overrides.ts';
import { loadPlugins } from './plugins.ts';
import { readYaml } from './read-yaml.ts';
import { resolveReferences } from './references.ts';
import * as schema from './schema.ts';
import { checkKeys, checkSection } from './section.ts';
import { checkTimeline, type TimelineDraft } from './timeline.ts';
import { diagnosticAt, type MapTree, nodeAt, plainOf, type Tree } from './tree.ts';

/** A scenario as far as it could be read: what is absent here stands in `diagnostics`. */
export interface ScenarioDraft {
  tree: Tree;
  /** Where its paths start. */
  folder: string;
  top: Partial<z.output<typeof schema.top>>;
  /** Those whose form is right. */
  thresholds: ThresholdDraft[];
  clock: Partial<z.output<typeof schema.clock>>;
  run: Partial<z.output<typeof schema.run>>;
  fleets: FleetDraft[];
  /** Those without a mistake. */
  targets: TargetDraft[];
  /** Names of all of them. */
  targetNames: string[];
  bridge: BridgeDraft;
  /** null: `verify: false`; undefined: something in it is wrong. */
  verify: z.output<typeof schema.verify> | null | undefined;
  timeline: TimelineDraft[];
  capacity: CapacityDraft;
  outputs: Partial<z.output<typeof schema.outputs>>;
  safety: Partial<z.output<typeof schema.safety>>;
  /** What `environments` holds, whether or not one was asked for. */
  environments: Environments;
  /** Loaded. */
  plugins: PluginPlan[];
  diagnostics: Diagnostic[];
}

export interface ThresholdDraft {
  expression: string;
  /** Where the expression stands. */
  path: ScenarioPath;
  /** Since when it is judged; absent: from the start. */
  after?: z.output<typeof schema.lasting>;
  abortOnFail: boolean;
}

export interface FleetDraft {
  name: string;
  /** Good keys only. */
  value: Partial<z.output<typeof schema.fleet>>;
  /** `params` as written, or completed by what they name. */
  params: Params;
  /** What its parameters name could not be loaded, which has been told. */
  unreadable?: boolean;
  /** What the payload's schema file says; absent where none is named. */
  wire?: WireSchema;
  /** Own fields in order of writing, which an object would not keep; null for a payload profile. */
  fields: FieldNode[] | null;
}

type Report = (found: readonly Diagnostic[]) => void;

/** What changes a scenario from outside. */
export interface ScenarioSettings {
  /** Variables that `${…}` reads. */
  env: Readonly<Record<string, string | undefined>>;
  /** Which of the file's environments is laid over it; null for none. */
  environment: string | null;
  /** Where its paths start. */
  folder: string;
  /** Flags, laid over both. */
  overrides: readonly Override[];
}

/**
 * Reads a scenario and applies flags: everything that can be checked without knowing what the events will look like. Never throws;
 * every mistake is a diagnostic.
 */
export async function loadScenario(
  text: string,
  { env, environment, folder, overrides }: ScenarioSettings,
): Promise<ScenarioDraft> {
  const read = readYaml(text, null);
  const diagnostics = [...read.diagnostics];
  const report: Report = (found) => void diagnostics.push(...found);
  const tree = read.broken ? undefined : topOf(read.tree, report);
  if (tree === undefined) return { ...nothing, folder, diagnostics };
  const { environments, diagnostics: misplaced } = takeEnvironments(tree);
  report(misplaced);
  if (environment !== null) report(applyEnvironment(tree, environments, environment));
  for (const override of overrides) report(applyOverride(tree, override));
  report(resolveReferences(tree, env));
  const plugged = await loadPlugins(tree, folder);
  report(plugged.diagnostics);

  const check = <S extends z.ZodObject>(section: S, path: ScenarioPath): Partial<z.output<S>> => {
    const checked = checkKeys(section, tree, path);
    report(checked.diagnostics);
    return checked.value;
  };
  return {
    tree,
    folder,
    top: check(schema.document, []),
    thresholds: thresholdsOf(tree),
    clock: check(schema.clock, ['clock']),
    run: check(schema.run, ['run']),
    fleets: checkFleets(tree, check, report),
    ...(await checkTargets(tree, report)),
    bridge: checkBridge(tree, report),
    verify: checkVerify(tree, report),
    timeline: checkTimeline(tree, report),
    capacity: checkCapacity(tree, report),
    outputs: check(schema.outputs, ['outputs']),
    safety: check(schema.safety, ['safety']),
    environments,
    plugins: plugged.plugins,
    diagnostics,
  };
}

const emptyMap: MapTree = { kind: 'map', place: { start: 0, end: 0, flag: null }, entries: new Map() };
const nothing: Omit<ScenarioDraft, 'folder' | 'diagnostics'> = {
  tree: emptyMap,
  top: {},
  thresholds: [],
  clock: {},
  run: {},
  fleets: [],
  targets: [],
  targetNames: [],
  bridge: undefined,
  verify: undefined,
  timeline: [],
  capacity: undefined,
  outputs: {},
  safety: {},
  environments: new Map(),
  plugins: [],
};

function topOf(tree: Tree | undefined, report: Report): MapTree | undefined {
  if (tree?.kind === 'map') return tree;
  const place = tree?.place ?? emptyMap.place;
  const found = tree === undefined ? 'nothing' : tree.kind === 'list' ? 'a list' : 'one value';
  const hint = 'it begins with "iotload: 1" and has fleets and a target';
  report([diagnosticAt(place, 'bad-value', [], `a scenario is a map, found ${found}`, hint)]);
  return undefined;
}

function thresholdsOf(tree: Tree): ThresholdDraft[] {
  const list = nodeAt(tree, ['thresholds']);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item, index): ThresholdDraft[] => {
    const path = ['thresholds', index];
    if (item.kind === 'scalar')
      return typeof item.value === 'string' ? [{ expression: item.value, path, abortOnFail: false }] : [];
    if (item.kind === 'list') return [];
    // What is wrong with its form is told with the top of the scenario.
    const { check, after, abort_on_fail: abortOnFail = false } = checkKeys(schema.threshold, tree, path).value;
    if (check === undefined) return [];
    return [{ expression: check, path: [...path, 'check'], ...(after === undefined ? {} : { after }), abortOnFail }];
  });
}

type Check = <S extends z.ZodObject>(section: S, path: ScenarioPath) => Partial<z.output<S>>;

function checkFleets(tree: Tree, check: Check, report: Report): FleetDraft[] {
  const fleets = nodeAt(tree, ['fleets']);
  if (fleets?.kind !== 'map') return [];
  const drafts: FleetDraft[] = [];
  for (const [name, { key, value }] of fleets.entries) {
    const path = ['fleets', name];
    if (!schema.fleetName.test(name)) {
      const hint = 'letters, digits, "-" and "_", up to 64, beginning with a letter';
      report([diagnosticAt(key, 'bad-value', path, `"${name}" cannot be a fleet's name`, hint)]);
    }
    if (value.kind !== 'map') {
      report([
        diagnosticAt(value.place, 'bad-value', path, 'a fleet is a map', 'it has model, devices, rate and payload'),
      ]);
      continue;
    }
    const draft = check(schema.fleet, path);
    const [rate, every] = [value.entries.get('rate'), value.entries.get('every')];
    if (rate !== undefined && every !== undefined) {
      const hint = 'rate is of the whole fleet, every is between two events of one device';
      report([
        diagnosticAt(every.key, 'bad-value', [...path, 'every'], 'a fleet has either rate or every, not both', hint),
      ]);
    } else if (rate === undefined && every === undefined && !misspelt(value, ['rate', 'every'])) {
      report([
        diagnosticAt(key, 'missing-key', path, `"rate" or "every" is missing`, 'write rate: 590/s, or every: 10s'),
      ]);
    }
    drafts.push({
      name,
      value: draft,
      params: paramsOf(nodeAt(value, ['params'])),
      fields:
        value.entries.get('payload')?.value.kind === 'map' ? fieldsOf(nodeAt(value, ['payload', 'fields'])) : null,
    });
  }
  return drafts;
}

function paramsOf(node: Tree | undefined): Params {
  return node?.kind === 'map' ? (plainOf(node) as Params) : {};
}

/** Whether an unknown key has been corrected to one of `names` already. */
function misspelt(map: MapTree, names: readonly string[]): boolean {
  const known = Object.keys(schema.fleet.shape);
  return [...map.entries.keys()].some((key) => !known.includes(key) && names.includes(closestName(key, known) ?? ''));
}

function checkVerify(tree: Tree, report: Report): ScenarioDraft['verify'] {
  const node = nodeAt(tree, ['verify']);
  if (node?.kind === 'scalar' && node.value === false) return null;
  if (node !== undefined && node.kind !== 'map') {
    const hint = 'write verify: false, or verify: { expect: at-least-once, grace: 30s }';
    report([diagnosticAt(node.place, 'bad-value', ['verify'], 'verify is false or a map', hint)]);
    return undefined;
  }
  const checked = checkSection(schema.verify, tree, ['verify']);
  report(checked.diagnostics);
  return checked.value;
}
