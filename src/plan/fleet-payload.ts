import { closestName } from '../core/closest-name.ts';
import type { DeviceModel } from '../models/model.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { Identity, PayloadPlan } from './plan.ts';

/** What a fleet writes. */
export interface FleetPayload {
  /** Payload profile of the model; null for own fields. */
  profile: string | null;
  fields: PayloadPlan['fields'];
  /** null: not said. */
  identity: Identity | null;
}

/** The payload of a fleet; null where it is wrong. What the schema finds in it has been reported. */
export function fleetPayload(
  { value: { payload }, fields }: FleetDraft,
  model: DeviceModel,
  report: (problem: TemplateProblem) => void,
): FleetPayload | null {
  if (payload === undefined) return null;
  if (typeof payload !== 'string') return { profile: null, fields: fields ?? [], identity: payload.identity ?? null };
  if (!Object.hasOwn(model.payloads, payload)) {
    const names = Object.keys(model.payloads);
    const near = closestName(payload, names);
    const hint = near === undefined ? `${model.name} has ${names.join(', ')}` : `did you mean "${near}"?`;
    report({ message: `${model.name} has no payload profile "${payload}"`, hint });
    return null;
  }
  const profile = model.payloads[payload] as DeviceModel['payloads'][string];
  const own = Object.entries(profile.fields).map(([name, value]) => ({ name, value }));
  return { profile: payload, fields: own, identity: profile.identity };
}

/** Points to the traced twin of a payload profile, where the model has one. */
export function tracedHint(profile: string | null, model: DeviceModel, hint: string | null): string | null {
  const traced = `${profile}-traced`;
  if (hint === null || !Object.hasOwn(model.payloads, traced)) return hint;
  return hint.replace('a payload with identity: fields', `payload: ${traced}`);
}
