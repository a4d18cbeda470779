import { closestName } from '../core/closest-name.ts';
import type { Diagnostic } from './diagnostic.ts';
import { diagnosticAt, type MapTree, type Place, type Tree } from './tree.ts';

/** What `environments` of a scenario holds: partial scenarios by name, each to be laid over the rest of the file. */
export type Environments = ReadonlyMap<string, { key: Place; value: MapTree }>;

/** Takes `environments` out of a scenario: what is left is the scenario without any of them. */
export function takeEnvironments(tree: MapTree): { environments: Environments; diagnostics: Diagnostic[] } {
  const entry = tree.entries.get('environments');
  tree.entries.delete('environments');
  const environments = new Map<string, { key: Place; value: MapTree }>();
  if (entry === undefined) return { environments, diagnostics: [] };
  const path = ['environments'];
  if (entry.value.kind !== 'map') {
    const hint = 'write environments: { laptop: { target: { endpoint: embedded } } }';
    return {
      environments,
      diagnostics: [diagnosticAt(entry.value.place, 'bad-value', path, 'environments is a map', hint)],
    };
  }
  const diagnostics: Diagnostic[] = [];
  for (const [name, { key, value }] of entry.value.entries) {
    if (value.kind === 'map') environments.set(name, { key, value });
    else {
      const hint = 'it holds the keys that differ there, such as { target: { endpoint: embedded } }';
      diagnostics.push(diagnosticAt(value.place, 'bad-value', [...path, name], 'an environment is a map', hint));
      continue;
    }
    for (const own of ['environments', 'iotload']) {
      const inner = value.entries.get(own);
      if (inner === undefined) continue;
      diagnostics.push(
        diagnosticAt(inner.key, 'bad-value', [...path, name, own], `"${own}" stands only at the top of a scenario`),
      );
      value.entries.delete(own);
    }
  }
  return { environments, diagnostics };
}

/** Lays the environment that `--env` names over the scenario: maps merge, anything else replaces, `null` removes. */
export function applyEnvironment(tree: MapTree, environments: Environments, name: string): Diagnostic[] {
  const overlay = environments.get(name);
  if (overlay !== undefined) {
    merge(tree, overlay.value);
    return [];
  }
  const names = [...environments.keys()];
  const near = closestName(name, names);
  const known = names.length === 0 ? 'the file has no environments' : `the file has ${names.join(', ')}`;
  const place: Place = { start: 0, end: 0, flag: '--env' };
  const hint = near === undefined ? known : `did you mean "${near}"?`;
  return [diagnosticAt(place, 'flag', [], `there is no environment "${name}"`, hint)];
}

function merge(base: MapTree, overlay: MapTree): void {
  for (const [name, entry] of overlay.entries) {
    const old = base.entries.get(name)?.value;
    if (isNull(entry.value)) base.entries.delete(name);
    else if (old?.kind === 'map' && entry.value.kind === 'map') merge(old, entry.value);
    else base.entries.set(name, { key: entry.key, value: withoutNulls(entry.value) });
  }
}

/** A map that replaces nothing still removes what it says: a `null` in it is an absent key. */
function withoutNulls(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree;
  const kept = [...tree.entries].filter(([, { value }]) => !isNull(value));
  return {
    ...tree,
    entries: new Map(kept.map(([name, { key, value }]) => [name, { key, value: withoutNulls(value) }])),
  };
}

function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}
