import type { FieldNode } from '../codecs/field-tree.ts';
import { closestName } from '../core/closest-name.ts';
import type { ModelShape, PayloadProfile, ProfileFields } from '../models/model.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { IdentityNames } from './named-identity.ts';
import type { Identity, PayloadPlan } from './plan.ts';

/** What a fleet writes. */
export interface FleetPayload {
  /** Payload profile of the model; null for own fields. */
  profile: string | null;
  codec: PayloadPlan['codec'];
  fields: PayloadPlan['fields'];
  /** null: not said. */
  identity: Identity | null;
  /** Own names of the fields that carry the identity, for `named`. */
  names?: IdentityNames;
  padTo?: number;
  spaced?: true;
}

/** The payload of a fleet; null where it is wrong. What the schema finds in it has been reported. */
export function fleetPayload(
  { value: { payload }, fields }: FleetDraft,
  model: string,
  { payloads }: ModelShape,
  report: (problem: TemplateProblem) => void,
): FleetPayload | null {
  if (payload === undefined) return null;
  if (typeof payload !== 'string') {
    const { identity, codec } = payload;
    const own = typeof identity === 'object';
    return {
      profile: null,
      codec,
      fields: fields ?? [],
      identity: own ? 'named' : (identity ?? null),
      ...(own ? { names: identity } : {}),
      ...(payload.pad_to === undefined ? {} : { padTo: payload.pad_to }),
    };
  }
  if (!Object.hasOwn(payloads, payload)) {
    const names = Object.keys(payloads);
    const near = closestName(payload, names);
    const hint = near === undefined ? `${model} has ${names.join(', ')}` : `did you mean "${near}"?`;
    report({ message: `${model} has no payload profile "${payload}"`, hint });
    return null;
  }
  const profile = payloads[payload] as PayloadProfile;
  const { codec, identity, spaced } = profile;
  const style = spaced === undefined ? {} : { spaced };
  return { profile: payload, codec, fields: profileFields(profile.fields), identity, ...style };
}

/** The members of a payload profile as a plan holds them. */
export function profileFields(members: ProfileFields): FieldNode[] {
  return Object.entries(members).map(([name, value]) => ({
    name,
    value: typeof value === 'object' ? { members: profileFields(value) } : value,
  }));
}

/** Points to the traced twin of a payload profile, where there is one. */
export function tracedHint(profile: string | null, { payloads }: ModelShape, hint: string | null): string | null {
  const traced = `${profile}-traced`;
  if (hint === null || !Object.hasOwn(payloads, traced)) return hint;
  return hint.replace('a payload with identity: fields', `payload: ${traced}`);
}
