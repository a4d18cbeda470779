import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { applyEnvironment, takeEnvironments } from './environments.ts';
import { readYaml } from './read-yaml.ts';
import type { MapTree, ScalarTree, Tree } from './tree.ts';

/**
 * A scenario that is right, with one of its environments laid over it and the others gone: what stands in it is what a run of it reads.
 * References stay references.
 */
export function standaloneTree(text: string, environment: string | null): MapTree {
  const { tree } = readYaml(text, null);
  if (tree?.kind !== 'map') throw new TypeError('a scenario is a map');
  const { environments } = takeEnvironments(tree);
  if (environment !== null) applyEnvironment(tree, environments, environment);
  return tree;
}

/** A tree as YAML. What was quoted stays quoted, because a reference that is not may become a number; comments are gone. */
export function treeText(tree: Tree): string {
  const document = new Document();
  document.contents = nodeOf(tree);
  return document.toString({ lineWidth: 0 });
}

function nodeOf(tree: Tree): YAMLMap | YAMLSeq | Scalar {
  if (tree.kind === 'scalar') return scalarOf(tree);
  if (tree.kind === 'list') {
    const list = new YAMLSeq();
    list.items = tree.items.map(nodeOf);
    return list;
  }
  const map = new YAMLMap<Scalar, YAMLMap | YAMLSeq | Scalar>();
  map.items = [...tree.entries].map(([name, { value }]) => new Pair(new Scalar(name), nodeOf(value)));
  return map;
}

function scalarOf({ value, quoted }: ScalarTree): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === 'string') scalar.type = quoted ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
  return scalar;
}
