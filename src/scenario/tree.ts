import type { Diagnostic, DiagnosticCode, ScenarioPath } from './diagnostic.ts';

/** Where a key or value stands: offsets in the scenario's text, or the flag that brought it. */
export interface Place {
  start: number;
  end: number;
  flag: string | null;
}

export type ScalarValue = string | number | boolean | null;

/** A scenario as it is written, before anything is known about its meaning. */
export type Tree =
  | { kind: 'map'; place: Place; entries: Map<string, { key: Place; value: Tree }> }
  | { kind: 'list'; place: Place; items: Tree[] }
  | { kind: 'scalar'; place: Place; value: ScalarValue; quoted: boolean; fromEnvironment: boolean };

export type MapTree = Extract<Tree, { kind: 'map' }>;
export type ScalarTree = Extract<Tree, { kind: 'scalar' }>;

/** The node at `path`; undefined where there is none. */
export function nodeAt(tree: Tree | undefined, path: ScenarioPath): Tree | undefined {
  let node = tree;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.value;
    else if (node?.kind === 'list') node = typeof step === 'number' ? node.items[step] : undefined;
    else return undefined;
  }
  return node;
}

/** Where the value at `path` stands; of what does not exist, where its nearest surrounding key stands. */
export function placeAt(tree: Tree, path: ScenarioPath): Place {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(tree, path.slice(0, length));
    if (node === undefined) continue;
    return length === path.length ? node.place : (keyAt(tree, path.slice(0, length)) ?? node.place);
  }
  return { start: 0, end: 0, flag: null };
}

/** Where the key at the end of `path` stands; undefined where there is none. */
export function keyAt(tree: Tree, path: ScenarioPath): Place | undefined {
  const parent = nodeAt(tree, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.key : undefined;
}

/** Plain data of a tree. */
export function plainOf(tree: Tree | undefined): unknown {
  if (tree === undefined) return undefined;
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainOf);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plainOf(value)]));
}

/** Every scalar with its path. */
export function* scalarsOf(tree: Tree, path: ScenarioPath = []): Generator<{ node: ScalarTree; path: ScenarioPath }> {
  if (tree.kind === 'scalar') yield { node: tree, path };
  else if (tree.kind === 'list') for (const [i, item] of tree.items.entries()) yield* scalarsOf(item, [...path, i]);
  else for (const [key, { value }] of tree.entries) yield* scalarsOf(value, [...path, key]);
}

/** A diagnostic about what stands at `place`. */
export function diagnosticAt(
  place: Place,
  code: DiagnosticCode,
  path: ScenarioPath,
  message: string,
  hint: string | null = null,
): Diagnostic {
  const { start, end, flag } = place;
  return { severity: 'error', code, message, hint, path, range: flag === null ? { start, end } : null, flag };
}
