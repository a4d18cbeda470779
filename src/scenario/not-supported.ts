import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { diagnosticAt, type Tree } from './tree.ts';

/** A key, or a value of one, that the grammar of scenarios knows and this version does not build. */
interface Rule {
  /** Where: keys from the top, `*` for any key or position. */
  path: string;
  /** What surrounds it makes no sense without it and goes too. */
  whole?: true;
  /** Which values of it; any when left out. */
  value?: (node: Tree) => boolean;
  hint?: string;
}

const rules: readonly Rule[] = [{ path: 'capacity' }];

/**
 * Refuses by name what the grammar knows and this version does not build, and takes it out of the tree, so that it is not called
 * unknown as well.
 */
export function refuseUnsupported(tree: Tree): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const rule of rules) refuse(tree, rule, rule.path.split('.'), [], found);
  return found;
}

/** Looks for `steps` below `node`, which stands at `path`. Returns whether the node goes as a whole. */
function refuse(node: Tree, rule: Rule, steps: readonly string[], path: ScenarioPath, found: Diagnostic[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined || node.kind === 'scalar') return false;
  const gone = new Set<string>();
  for (const [name, { key, value }] of childrenOf(node)) {
    if (step !== '*' && step !== name) continue;
    const here = [...path, node.kind === 'list' ? Number(name) : name];
    if (rest.length > 0) {
      if (refuse(value, rule, rest, here, found)) gone.add(name);
    } else if (rule.value === undefined || rule.value(value)) {
      const place = rule.value === undefined ? key : value.place;
      const message = `${nameOf(rule, value, here)} is not supported yet`;
      found.push(diagnosticAt(place, 'not-supported', here, message, rule.hint ?? null));
      gone.add(name);
    }
  }
  if (node.kind === 'list') node.items = node.items.filter((_, i) => !gone.has(`${i}`));
  else for (const name of gone) node.entries.delete(name);
  return gone.size > 0 && rest.length === 0 && rule.whole === true;
}

function childrenOf(node: Exclude<Tree, { kind: 'scalar' }>): Iterable<[string, { key: Tree['place']; value: Tree }]> {
  if (node.kind === 'map') return node.entries;
  return node.items.map((value, i) => [String(i), { key: value.place, value }]);
}

/** `capacity`, or `arrivals: poisson` where only the value is not built. */
function nameOf(rule: Rule, node: Tree, path: ScenarioPath): string {
  const keys = path.filter((step) => typeof step === 'string');
  const key = rule.path.startsWith('fleets.') || keys.length < 2 ? keys.at(-1) : keys.slice(-2).join('.');
  if (rule.value === undefined) return `"${key}"`;
  if (node.kind === 'scalar') return `"${key}: ${node.value}"`;
  return `"${key}" as a ${node.kind}`;
}
