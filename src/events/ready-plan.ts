import type { Plan } from '../plan/plan.ts';
import { loadPlugin } from '../scenario/load-plugin.ts';

/**
 * Loads what a plan names and does not hold: the code of its plugins. Every thread and process calls it once before it makes events;
 * again it costs nothing.
 *
 * @throws IotloadError for what is not there any more, or not what the plan was made with.
 */
export async function readyPlan({ plugins }: Plan): Promise<void> {
  for (const { file, sha256 } of plugins ?? []) await loadPlugin(file, sha256);
}
