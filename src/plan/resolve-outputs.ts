import { resultFormatNames } from '../metrics/result-formats.ts';
import { formatAddress } from '../scenario/listen-address.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { isLiteral } from '../scenario/references.ts';
import { nodeAt } from '../scenario/tree.ts';
import type { Plan } from './plan.ts';

/** Where a run of that name leaves its results and tells of itself; `listens`: addresses to listen on that stand not literally in the file. */
export function resolveOutputs(
  {
    outputs: { dir = '', labels = {}, formats = [...resultFormatNames], prometheus },
    tree,
  }: Pick<ScenarioDraft, 'outputs' | 'tree'>,
  name: string,
): { outputs: Plan['outputs']; listens: string[] } {
  const outputs = { dir: dir.replaceAll('<name>', slugOf(name)), labels, formats };
  if (prometheus === undefined) return { outputs, listens: [] };
  const written = nodeAt(tree, ['outputs', 'prometheus']);
  const literal = written?.kind === 'scalar' && isLiteral(written);
  return { outputs: { ...outputs, prometheus }, listens: literal ? [] : [formatAddress(prometheus)] };
}

/** A name as part of a path. */
function slugOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|-+$/g, '') || 'scenario';
}
