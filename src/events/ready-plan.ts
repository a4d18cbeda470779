import { IotloadError } from '../core/errors.ts';
import { models } from '../models/registry.ts';
import type { Plan } from '../plan/plan.ts';
import { loadPlugin } from '../scenario/load-plugin.ts';

/**
 * Loads what a plan names and does not hold: the code of its plugins, the files of its models. Every thread and process calls it once before it makes events;
 * again it costs nothing.
 *
 * @throws IotloadError for what is not there any more, or not what the plan was made with.
 */
export async function readyPlan({ plugins, fleets }: Plan): Promise<void> {
  for (const { file, sha256 } of plugins ?? []) await loadPlugin(file, sha256);
  for (const { name, model, params } of fleets) {
    const loaded = await models[model]?.load?.(params, '.');
    if (loaded === undefined || 'params' in loaded) continue;
    const [problem] = loaded.problems;
    throw new IotloadError('bad-scenario', problem?.message ?? 'its files cannot be loaded', {
      where: `fleets.${name}.params.${problem?.path.join('.')}`,
      hint: 'a run and its verifier read the same files as its plan',
    });
  }
}
