import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { readYaml } from './read-yaml.ts';
import { diagnosticAt, nodeAt, type Place, type Tree } from './tree.ts';

/** A flag that changes one value of a scenario. */
export interface Override {
  /** How messages name it: `--set target.qos`, `--duration`. Never its value, which may be a secret. */
  flag: string;
  path: ScenarioPath;
  /** YAML. */
  value: string;
}

/** Reads the argument of `--set`, `path=value`; null where it has no such form. */
export function parseSet(argument: string): Override | null {
  const equals = argument.indexOf('=');
  const path = argument.slice(0, Math.max(equals, 0)).trim();
  if (path === '' || path.split('.').includes('')) return null;
  return { flag: `--set ${path}`, path: path.split('.'), value: argument.slice(equals + 1) };
}

/**
 * Puts a flag's value into the tree, where it behaves as if it stood in the file; maps on the way are made, `null` removes. Returns what
 * is wrong with it.
 */
export function applyOverride(tree: Extract<Tree, { kind: 'map' }>, { flag, path, value }: Override): Diagnostic[] {
  const place: Place = { start: 0, end: 0, flag };
  const read = readYaml(value, flag);
  if (read.diagnostics.length > 0) return read.diagnostics;
  const child: Tree = read.tree ?? { kind: 'scalar', place, value: null, quoted: false, fromEnvironment: false };

  let node: Tree = tree;
  for (const [depth, step] of path.slice(0, -1).entries()) {
    let next: Tree | undefined = nodeAt(node, [stepOf(node, step)]);
    if (next === undefined && node.kind === 'map') {
      next = { kind: 'map', place, entries: new Map() };
      node.entries.set(String(step), { key: place, value: next });
    }
    if (next === undefined || next.kind === 'scalar') return [notThere(place, path, depth + 1)];
    node = next;
  }
  const last = path.at(-1) as string | number;
  if (node.kind === 'map') {
    if (child.kind === 'scalar' && child.value === null) node.entries.delete(String(last));
    else node.entries.set(String(last), { key: place, value: child });
    return [];
  }
  const index = stepOf(node, last);
  if (node.kind !== 'list' || typeof index !== 'number' || index >= node.items.length) {
    return [notThere(place, path, path.length)];
  }
  node.items[index] = child;
  return [];
}

/** In a list, a number is a position. */
function stepOf(node: Tree, step: string | number): string | number {
  return node.kind === 'list' && /^\d{1,6}$/.test(String(step)) ? Number(step) : step;
}

function notThere(place: Place, path: ScenarioPath, depth: number): Diagnostic {
  const where = path.slice(0, depth).join('.');
  return diagnosticAt(place, 'flag', path, `the scenario has no ${where} that could hold this`);
}
