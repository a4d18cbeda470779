import type { z } from 'zod';
import { closestName } from '../core/closest-name.ts';
import { isProtocol, targets } from '../targets/registry.ts';
import type { TargetOptions } from '../targets/target.ts';
import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { document, fleetName } from './schema.ts';
import { checkSection } from './section.ts';
import { diagnosticAt, keyAt, type MapTree, nodeAt, type Place, placeAt, type Tree } from './tree.ts';

/** A target as far as its protocol's schema goes. */
export interface TargetDraft {
  /** `target` where the scenario has only one and gives it no name. */
  name: string;
  /** Where its block stands. */
  path: ScenarioPath;
  protocol: keyof typeof targets;
  options: TargetOptions;
}

type Report = (found: readonly Diagnostic[]) => void;

interface Entry {
  name: string;
  path: ScenarioPath;
  key: Place;
  value: Tree;
}

/** Checks `target`, or each of `targets`, against the schema of its protocol. */
export async function checkTargets(
  tree: MapTree,
  report: Report,
): Promise<{ targets: TargetDraft[]; targetNames: string[] }> {
  const entries = entriesOf(tree, report);
  const drafts: TargetDraft[] = [];
  for (const entry of entries) {
    const draft = await checkTarget(tree, entry, report);
    if (draft !== undefined) drafts.push(draft);
  }
  return { targets: drafts, targetNames: entries.map(({ name }) => name) };
}

function entriesOf(tree: MapTree, report: Report): Entry[] {
  const one = tree.entries.get('target');
  const several = tree.entries.get('targets');
  if (one !== undefined && several !== undefined) {
    const hint = 'give the single one a name among the targets';
    report([diagnosticAt(one.key, 'bad-value', ['target'], 'a scenario has either target or targets, not both', hint)]);
  }
  if (one === undefined && several === undefined) {
    const known = Object.keys(document.shape);
    const misspelt = [...tree.entries.keys()].some(
      (key) => !known.includes(key) && ['target', 'targets'].includes(closestName(key, known) ?? ''),
    );
    if (!misspelt)
      report([diagnosticAt(placeAt(tree, ['target']), 'missing-key', ['target'], '"target" is missing', null)]);
    return [];
  }
  if (several?.value.kind === 'map') {
    const entries = [...several.value.entries].map(([name, { key, value }]) => ({
      name,
      path: ['targets', name],
      key,
      value,
    }));
    if (entries.length === 0) {
      const hint = 'write targets: { edge: { protocol: mqtt, … } }';
      report([diagnosticAt(several.key, 'bad-value', ['targets'], 'a scenario needs at least one target', hint)]);
    }
    for (const { name, path, key } of entries) checkName(tree, name, path, key, report);
    return entries;
  }
  return one === undefined ? [] : [{ name: 'target', path: ['target'], ...one }];
}

function checkName(tree: MapTree, name: string, path: ScenarioPath, key: Place, report: Report): void {
  if (!fleetName.test(name)) {
    const hint = 'letters, digits, "-" and "_", up to 64, beginning with a letter';
    report([diagnosticAt(key, 'bad-value', path, `"${name}" cannot be a target's name`, hint)]);
  }
  // Thresholds name fleets and targets in one breath.
  if (keyAt(tree, ['fleets', name]) !== undefined)
    report([diagnosticAt(key, 'bad-value', path, `a fleet is called "${name}" too`, 'give one of them another name')]);
}

async function checkTarget(
  tree: MapTree,
  { name, path, key, value }: Entry,
  report: Report,
): Promise<TargetDraft | undefined> {
  if (value.kind !== 'map') {
    // Of the single one its section has told so.
    if (path.length > 1)
      report([diagnosticAt(value.place, 'bad-value', path, 'a target is a map', `it has a protocol: ${protocols}`)]);
    return undefined;
  }
  const { entries } = value;
  const protocol = entries.get('protocol')?.value;
  const at = [...path, 'protocol'];
  if (protocol === undefined) {
    const near = [...entries.keys()].find((other) => closestName(other, ['protocol']) !== undefined);
    if (near !== undefined) {
      const place = keyAt(tree, [...path, near]) ?? key;
      report([
        diagnosticAt(place, 'unknown-key', [...path, near], `unknown key "${near}"`, 'did you mean "protocol"?'),
      ]);
    } else report([diagnosticAt(key, 'missing-key', at, '"protocol" is missing', `there are ${protocols}`)]);
    return undefined;
  }
  const wanted = protocol.kind === 'scalar' ? String(protocol.value) : protocol.kind;
  if (!isProtocol(wanted)) {
    const near = closestName(wanted, Object.keys(targets));
    const hint = near === undefined ? `there are ${protocols}` : `did you mean "${near}"?`;
    report([diagnosticAt(protocol.place, 'bad-value', at, `there is no protocol "${wanted}"`, hint)]);
    return undefined;
  }
  const { optionsSchema } = await targets[wanted].options();
  const options: MapTree = { ...value, entries: new Map([...entries].filter(([other]) => other !== 'protocol')) };
  const checked = checkSection(optionsSchema as z.ZodType<TargetOptions>, replaced(tree, path, options), path);
  report(checked.diagnostics);
  return checked.value === undefined ? undefined : { name, path, protocol: wanted, options: checked.value };
}

/** The tree with another map at `path`. */
function replaced(tree: MapTree, path: ScenarioPath, by: MapTree): MapTree {
  const [step, ...rest] = path;
  const entry = typeof step === 'string' ? tree.entries.get(step) : undefined;
  if (entry === undefined || typeof step !== 'string') return by;
  const below = nodeAt(tree, [step]);
  const value = below?.kind === 'map' ? replaced(below, rest, by) : by;
  return {
    ...tree,
    entries: new Map(tree.entries).set(step, { key: entry.key, value: rest.length === 0 ? by : value }),
  };
}

const protocols = Object.keys(targets).join(', ');
