import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { closestName } from '../metrics/closest-name.ts';
import type { DeviceModel } from '../models/model.ts';
import { models } from '../models/registry.ts';
import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { ExactRate, RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { TargetTraits } from '../targets/target.ts';
import { checkId, checkTemplate, plannedVocabulary, type TemplateProblem } from './check-templates.ts';
import { derivedProblem } from './derived-identity.ts';
import { resolveParams } from './fleet-params.ts';
import { highestLevel, perSecond, scheduleSpec } from './fleet-schedule.ts';
import type { FleetPlan, Identity, PayloadPlan } from './plan.ts';

/** Most slots of a fleet: everything that counts them stays exact. */
const MOST_SLOTS = 2 ** 52;

/** What a fleet needs to know of the rest of the scenario. */
export interface FleetSurroundings {
  warmUpUs: Micros;
  durationUs: Micros;
  /** The rate that `--rate` leaves to it; null for its own. */
  rate: ExactRate | null;
  /** undefined where the target is wrong itself. */
  target: { protocol: string; traits: TargetTraits; topic: string } | undefined;
}

/** A fleet's plan and its compiled schedule. */
export interface ResolvedFleet {
  plan: FleetPlan;
  profile: RateProfile;
}

/** Says what is wrong at a path; `key` marks the key instead of the value. */
export type Report = (
  path: ScenarioPath,
  code: 'unknown-key' | 'bad-value' | 'bad-placeholder' | 'bad-identity',
  problem: TemplateProblem,
) => void;

/** The rate of a whole fleet at 100 %; undefined where it is not given or wrong. */
export function rateOf({ value: { rate, every, devices } }: FleetDraft): ExactRate | undefined {
  if (rate !== undefined) return rate;
  return every === undefined || devices === undefined ? undefined : { events: devices, perUs: every };
}

/** Resolves a fleet as far as its good keys go; null, and everything reported, where anything is wrong. `name` order, keys as written. */
export function resolveFleet(
  draft: FleetDraft,
  fieldOrder: readonly string[],
  around: FleetSurroundings,
  report: Report,
): ResolvedFleet | null {
  const { name, value } = draft;
  const at = (...path: (string | number)[]): ScenarioPath => ['fleets', name, ...path];
  let sound = true;
  const tell: Report = (path, code, problem) => {
    sound = false;
    report(path, code, problem);
  };
  const { devices, payload } = value;
  const model: DeviceModel | undefined = value.model === undefined ? undefined : models[value.model];
  if (model === undefined || payload === undefined) sound = false;
  if (model === undefined || devices === undefined) return null;

  const { params, problems } = resolveParams(model, value.params ?? {});
  for (const { key, unknown, problem } of problems)
    tell(at('params', key), unknown ? 'unknown-key' : 'bad-value', problem);
  const vocabulary = plannedVocabulary(name, devices, model, params);
  const checkText = (path: ScenarioPath, text: string): void => {
    for (const problem of checkTemplate(text, vocabulary)) tell(path, 'bad-placeholder', problem);
  };

  const id = value.id ?? `${name}-<index>`;
  for (const problem of checkId(id, vocabulary)) tell(at('id'), 'bad-placeholder', problem);
  const address = addressOf(value, around.target, (key, problem) => tell(at(key), 'bad-value', problem));
  if (value.topic !== undefined) checkText(at('topic'), value.topic);
  if (value.key !== undefined) checkText(at('key'), value.key);
  if (value.topic === undefined && around.target?.traits.address === 'topic') checkText(['target', 'topic'], address);

  const fields =
    payload === undefined
      ? null
      : fieldsOf(payload, model, fieldOrder, (problem) => tell(at('payload'), 'bad-value', problem));
  if (fields !== null && fields.profile === null) {
    for (const field of fields.fields) {
      if (typeof field.value === 'string') checkText(at('payload', 'fields', field.name), field.value);
    }
  }

  const rate = around.rate ?? rateOf(draft);
  if (rate === undefined) return null;
  const { warmUpUs, durationUs } = around;
  const endUs = warmUpUs + durationUs;
  const schedule = scheduleSpec(rate, value.profile, warmUpUs, durationUs);
  const compiled = compile(schedule, endUs);
  if ('message' in compiled) {
    tell(at(value.rate === undefined ? 'every' : 'rate'), 'bad-value', compiled);
    return null;
  }
  if (fields === null) return null;
  const derived = derivedProblem({
    fields: fields.fields,
    schedule,
    devices,
    endUs,
    maxSamplingDelayUs: model.maxSamplingDelayUs,
  });
  const identity: Identity = fields.identity ?? (derived === null ? 'derived' : 'fields');
  if (identity === 'derived' && derived !== null && sound) {
    const hint =
      fields.profile !== null && Object.hasOwn(model.payloads, `${fields.profile}-traced`)
        ? (derived.hint ?? '').replace('a payload with identity: fields', `payload: ${fields.profile}-traced`)
        : derived.hint;
    tell(fields.profile === null ? at('payload', 'identity') : at('payload'), 'bad-identity', { ...derived, hint });
  }
  if (identity === 'fields' && fields.fields.some((field) => field.name === '_id')) {
    tell(at('payload', 'fields', '_id'), 'bad-identity', {
      message: '"_id" is where the identity goes',
      hint: 'give the field another name',
    });
  }
  if (!sound || around.target === undefined) return null;
  const { profile, slots } = compiled;
  const payloadPlan: PayloadPlan = { codec: 'json', profile: fields.profile, fields: fields.fields, identity };
  const plan: FleetPlan = {
    name,
    model: model.name,
    params,
    devices,
    id,
    schedule,
    slots,
    payload: payloadPlan,
    address,
    target: 0,
  };
  return { plan, profile };
}

/** The address template of a fleet, the target's default filled in. */
function addressOf(
  { topic, key }: FleetDraft['value'],
  target: FleetSurroundings['target'],
  report: (key: 'topic' | 'key', problem: TemplateProblem) => void,
): string {
  if (target === undefined) return '';
  const { protocol, traits } = target;
  const senseless = (what: 'topic' | 'key'): void =>
    report(what, { message: `"${what}" has no meaning for ${protocol}`, hint: null });
  if (topic !== undefined && traits.address !== 'topic') senseless('topic');
  if (key !== undefined && traits.address !== 'key') senseless('key');
  if (traits.address === 'none') return '';
  if (traits.address === 'key') return key ?? '<device>';
  if (topic !== undefined) {
    const problem = topicProblem(topic);
    if (problem !== null) report('topic', problem);
  }
  return topic ?? target.topic;
}

/** What makes a text no topic to publish to; null where it is one. */
export function topicProblem(topic: string): TemplateProblem | null {
  if (topic === '') return { message: 'a topic is not empty', hint: 'write topic: meters/<device>' };
  if (/[+#]/.test(topic)) return { message: `"${topic}" holds a wildcard, which is for subscriptions`, hint: null };
  if (topic.includes('\0') || topic.length > 1024)
    return { message: 'a topic has at most 1024 characters, none of them a zero byte', hint: null };
  return null;
}

interface Fields {
  profile: string | null;
  fields: PayloadPlan['fields'];
  /** null: not said. */
  identity: Identity | null;
}

function fieldsOf(
  payload: NonNullable<FleetDraft['value']['payload']>,
  model: DeviceModel,
  order: readonly string[],
  report: (problem: TemplateProblem) => void,
): Fields | null {
  if (typeof payload !== 'string') {
    const fields = order
      .filter((name) => Object.hasOwn(payload.fields, name))
      .map((name) => ({ name, value: payload.fields[name] ?? null }));
    return { profile: null, fields, identity: payload.identity ?? null };
  }
  if (!Object.hasOwn(model.payloads, payload)) {
    const names = Object.keys(model.payloads);
    const near = closestName(payload, names);
    const hint = near === undefined ? `${model.name} has ${names.join(', ')}` : `did you mean "${near}"?`;
    report({ message: `${model.name} has no payload profile "${payload}"`, hint });
    return null;
  }
  const profile = model.payloads[payload] as DeviceModel['payloads'][string];
  const fields = Object.entries(profile.fields).map(([name, value]) => ({ name, value }));
  return { profile: payload, fields, identity: profile.identity };
}

function compile(
  schedule: FleetPlan['schedule'],
  endUs: Micros,
): { profile: RateProfile; slots: number } | TemplateProblem {
  const bound = perSecond(schedule.rate) * (endUs / 1_000_000) * highestLevel(schedule, endUs);
  if (!(bound < MOST_SLOTS))
    return { message: 'more events than can be counted exactly', hint: 'lower the rate or the duration' };
  let profile: RateProfile;
  try {
    profile = createSchedule(schedule);
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return {
      message: 'rate and profile together cannot be kept exactly',
      hint: 'use rounder numbers, or a shorter profile',
    };
  }
  const slots = profile.dueBy(endUs);
  if (slots === 0)
    return { message: 'no event is due within the run', hint: 'raise the rate, the levels or run.duration' };
  return { profile, slots };
}
