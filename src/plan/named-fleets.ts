import { models } from '../models/registry.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { FleetReport } from './resolve-fleet.ts';

/** Whether one of two fleets names the other in its parameters: then its devices may be the other's. */
export function speaksOf(fleets: readonly FleetDraft[], a: string, b: string): boolean {
  const names = (one: string, other: string): boolean =>
    namedFleets(fleets.find(({ name }) => name === one)).some(({ name }) => name === other);
  return names(a, b) || names(b, a);
}

/** Reports parameters that name a fleet which is not there, or of another model. */
export function checkNamedFleets(fleets: readonly FleetDraft[], report: FleetReport): void {
  for (const fleet of fleets) {
    for (const { param, model, name } of namedFleets(fleet)) {
      const meant = fleets.filter(({ value }) => value.model === model);
      if (meant.some((one) => one.name === name)) continue;
      const others = meant.map((one) => one.name).join(', ');
      report(['fleets', fleet.name, 'params', param], 'bad-value', {
        message: `there is no fleet "${name}" of model ${model}`,
        hint: others === '' ? `add one, or leave ${param} out` : `there is ${others}`,
      });
    }
  }
}

/** Fleets that a fleet's parameters name. */
function namedFleets(fleet: FleetDraft | undefined): { param: string; model: string; name: string }[] {
  const model = models[fleet?.value.model ?? ''];
  return Object.entries(model?.params ?? {}).flatMap(([param, spec]) => {
    const name = spec.type === 'fleet' ? fleet?.params[param] : undefined;
    return spec.type === 'fleet' && typeof name === 'string' && name !== '' ? [{ param, model: spec.model, name }] : [];
  });
}
