import { models } from '../models/registry.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { resolveParams } from './fleet-params.ts';
import type { Report } from './resolve-plan.ts';

/** Loads what the parameters of fleets name; a fleet whose files are wrong is told so, and resolved no further. */
export async function loadModelFiles(draft: ScenarioDraft, report: Report): Promise<void> {
  for (const fleet of draft.fleets) {
    const model = fleet.value.model === undefined ? undefined : models[fleet.value.model];
    if (model?.load === undefined) continue;
    const { params, problems } = resolveParams(model, fleet.params);
    // Wrong parameters are told when the fleet is resolved.
    fleet.unreadable = true;
    const loaded = problems.length > 0 ? { problems } : await model.load(params, draft.folder);
    if ('params' in loaded) {
      fleet.params = loaded.params;
      fleet.unreadable = false;
    } else {
      for (const { path, key, ...problem } of loaded.problems)
        report(['fleets', fleet.name, 'params', ...path], key === true ? 'unknown-key' : 'bad-value', problem);
    }
  }
}
