import { isAbsolute, resolve } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import type { Diagnostic } from './diagnostic.ts';
import { loadPlugin, type PluginPlan } from './load-plugin.ts';
import { isLiteral } from './references.ts';
import { diagnosticAt, nodeAt, type Tree } from './tree.ts';

/** Most plugins of a scenario. */
const MOST = 100;

/**
 * Loads the plugins of a scenario, whose paths start at its folder. They run code, so they stand in the file itself: neither a flag nor the
 * environment can name one.
 */
export async function loadPlugins(
  tree: Tree,
  folder: string,
): Promise<{ plugins: PluginPlan[]; diagnostics: Diagnostic[] }> {
  const plugins: PluginPlan[] = [];
  const diagnostics: Diagnostic[] = [];
  const list = nodeAt(tree, ['plugins']);
  // What is no list is the schema's to tell.
  for (const [i, node] of (list?.kind === 'list' ? list.items.slice(0, MOST) : []).entries()) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') continue;
    const tell = (message: string, hint: string | null): void =>
      void diagnostics.push(diagnosticAt(node.place, 'bad-value', ['plugins', i], message, hint));
    if (!isLiteral(node)) {
      tell('a plugin runs code, so only the file itself can name one', 'write its path into the scenario');
      continue;
    }
    if (!/\.m?js$/.test(node.value)) {
      tell(`"${node.value}" is no path of a module`, 'write a path such as ./mine.mjs, from the scenario’s folder');
      continue;
    }
    const file = isAbsolute(node.value) ? node.value : resolve(folder, node.value);
    try {
      plugins.push(await loadPlugin(file, null));
    } catch (error) {
      if (!(error instanceof IotloadError)) throw error;
      tell(error.message, error.hint ?? null);
    }
  }
  return { plugins, diagnostics };
}
