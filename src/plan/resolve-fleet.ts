import type { Codec, PayloadSchema } from '../codecs/codec.ts';
import { leavesOf } from '../codecs/field-tree.ts';
import { identityOps } from '../codecs/identity.ts';
import { type Op, widthOf } from '../codecs/layout.ts';
import { codecs } from '../codecs/registry.ts';
import { textOps } from '../codecs/text-template.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { deviceNumbers } from '../models/behavior/behavior.ts';
import type { DeviceModel } from '../models/model.ts';
import { shapeOf } from '../models/model-shape.ts';
import { models } from '../models/registry.ts';
import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { columnsProblem } from './check-columns.ts';
import { checkId, checkTemplate, plannedVocabulary, type TemplateProblem } from './check-templates.ts';
import { derivedProblem } from './derived-identity.ts';
import type { EventSize } from './estimate.ts';
import { type AddressedTarget, fleetAddresses } from './fleet-address.ts';
import { resolveParams } from './fleet-params.ts';
import { type FleetPayload, fleetPayload, tracedHint } from './fleet-payload.ts';
import { highestLevel, perSecond } from './fleet-schedule.ts';
import { namedProblem, withIdentity } from './named-identity.ts';
import type { FleetPlan, Identity } from './plan.ts';
import { checkBehavior, resolveBehavior } from './resolve-behavior.ts';
import { resolveSchedule, type ScheduleSurroundings } from './resolve-schedule.ts';

/** Most slots of a fleet: everything that counts them stays exact. */
const MOST_SLOTS = 2 ** 52;

/** What a fleet needs to know of the rest of the scenario. */
export interface FleetSurroundings extends ScheduleSurroundings {
  /** Those that it sends to; without those that are wrong themselves. */
  targets: readonly AddressedTarget[];
  /** Indices of these among the plan's targets. */
  to: readonly number[];
}

/** A fleet's plan, on its way to the first of its targets, and its compiled schedule. */
export interface ResolvedFleet {
  plan: FleetPlan;
  profile: RateProfile;
  /** Its ways to each of its targets. */
  ways: readonly FleetWay[];
}

/** A fleet on its way to one target. */
export interface FleetWay extends Pick<FleetPlan, 'target' | 'address'> {
  /** Of an event at most. */
  largest: EventSize;
}

/** Says what is wrong at a path of the scenario. */
export type FleetReport = (
  path: ScenarioPath,
  code: 'unknown-key' | 'bad-value' | 'bad-placeholder' | 'bad-identity' | 'not-supported',
  problem: TemplateProblem,
) => void;

/** Resolves a fleet as far as its good keys go; null, and everything reported, where anything is wrong. */
export function resolveFleet(draft: FleetDraft, around: FleetSurroundings, report: FleetReport): ResolvedFleet | null {
  const { name, value } = draft;
  const { targets, to } = around;
  const at = (...path: (string | number)[]): ScenarioPath => ['fleets', name, ...path];
  let sound = true;
  const tell: FleetReport = (path, code, problem) => {
    sound = false;
    report(path, code, problem);
  };
  const { devices } = value;
  const model: DeviceModel | undefined = value.model === undefined ? undefined : models[value.model];
  if (model === undefined || devices === undefined || draft.unreadable === true) return null;

  const { params, problems } = resolveParams(model, draft.params);
  for (const { path, key, ...problem } of problems) {
    tell(at('params', ...path), key === true ? 'unknown-key' : 'bad-value', problem);
  }
  const shape = shapeOf(model, params);

  const endUs = around.warmUpUs + around.durationUs;
  const schedule = resolveSchedule(draft, { model, params }, around, (path, problem) =>
    tell(at(...path), 'bad-value', problem),
  );
  const behavior = resolveBehavior(
    value.behavior,
    {
      devices,
      peakPerSecond: schedule === undefined ? 0 : perSecond(schedule.rate) * highestLevel(schedule, endUs),
      endUs,
      speed: around.speed,
    },
    (key, problem) => tell(at('behavior', key), 'bad-value', problem),
  );

  const vocabulary = plannedVocabulary(name, deviceNumbers(behavior, devices, endUs), shape, params);
  const checkText = (path: ScenarioPath, text: string): void => {
    for (const problem of checkTemplate(text, vocabulary)) tell(path, 'bad-placeholder', problem);
  };
  const id = value.id ?? `${name}-<index>`;
  for (const problem of checkId(id, vocabulary)) tell(at('id'), 'bad-placeholder', problem);
  const addresses = fleetAddresses(value, targets, (key, problem) => tell(at(key), 'bad-value', problem));
  // Topics of a log are no part of an event.
  const published = targets.some(({ traits }) => traits.address === 'topic');
  if (value.topic !== undefined && published) checkText(at('topic'), value.topic);
  if (value.key !== undefined) checkText(at('key'), value.key);
  for (const [i, target] of targets.entries()) {
    const kind = target.traits.address;
    if (kind !== 'none' && value[kind] === undefined) checkText([...target.path, kind], addresses[i] as string);
  }
  for (const { path, value: text } of leavesOf(draft.fields ?? [])) {
    if (typeof text === 'string') checkText(at('payload', 'fields', ...path), text);
  }
  const payload = fleetPayload(draft, model.name, shape, (problem) => tell(at('payload'), 'bad-value', problem));
  if (payload?.names !== undefined) {
    payload.fields = withIdentity(payload.fields, payload.names, (part, problem) =>
      tell(at('payload', 'identity', part), 'bad-identity', problem),
    );
  }

  if (schedule === undefined) return null;
  const compiled = compile(schedule, endUs);
  if ('message' in compiled) {
    const key = value.rate === undefined ? 'every' : 'rate';
    tell(at(value.profile === undefined ? key : 'profile'), 'bad-value', compiled);
    return null;
  }
  if (payload === null || !sound) return null;

  const { fields, profile } = payload;
  const padding = payload.padTo === undefined ? {} : { padTo: payload.padTo };
  const style = payload.spaced === undefined ? {} : { spaced: payload.spaced };
  const { maxSamplingDelayUs, leastGapUs } = model;
  const codec = codecs[payload.codec] as Codec;
  const wire = draft.wire === undefined ? {} : { wire: draft.wire };
  const written: PayloadSchema = {
    fields,
    identity: null,
    ...padding,
    ...style,
    ...wire,
    vocabulary: { ...vocabulary, deviceId: textOps(id, vocabulary) },
  };
  const layout = codec.layout(written);
  const columns = columnsProblem(fields, layout, {
    linesOnly: targets.some(({ traits }) => traits.payloads !== undefined),
  });
  if (columns !== null) tell(at('payload', 'fields', ...columns.path), 'bad-value', columns);
  const derived = derivedProblem({
    fields,
    layout,
    schedule,
    devices,
    endUs,
    speed: around.speed,
    maxSamplingDelayUs,
    leastGapUs,
  });
  const identity = identityOf(payload, derived, namedProblem(layout));
  if (typeof identity !== 'string') {
    const problem = { ...identity, hint: tracedHint(profile, shape, identity.hint) };
    tell(profile === null ? at('payload', 'identity') : at('payload'), 'bad-identity', problem);
    return null;
  }
  const bare = targets.find(({ traits }) => traits.headers !== true);
  if (identity === 'headers' && bare !== undefined) {
    const hint = 'write version: 5 for an MQTT target, or choose identity: fields';
    const which = targets.length === 1 ? 'this target' : `the target ${bare.path.at(-1)}`;
    tell(at('payload', 'identity'), 'bad-identity', { message: `${which} carries nothing beside the payload`, hint });
    return null;
  }
  if (identity === 'fields' && fields.some((field) => field.name === '_id')) {
    const hint = 'give the field another name';
    tell(at('payload', 'fields', '_id'), 'bad-identity', { message: '"_id" is where the identity goes', hint });
  }
  const complete = { ...written, identity: identity === 'fields' ? identityOps('run', 0) : null };
  for (const { path, ...problem } of codec.schema?.check(complete) ?? []) {
    const place = path.length === 0 ? at('payload', 'schema') : at('payload', 'fields', ...path);
    tell(place, 'bad-value', problem);
  }
  if (codec.schema !== undefined && payload.padTo !== undefined) {
    const hint = 'leave it out, or let a field of the schema hold a longer text';
    tell(at('payload', 'pad_to'), 'bad-value', { message: `a ${codec.name} schema has no place for a filler`, hint });
  }
  checkBehavior(behavior, identity, codec, layout, (key, problem) => tell(at('behavior', key), 'bad-value', problem));
  if (payload.padTo !== undefined && fields.some((field) => field.name === '_pad')) {
    const hint = 'give the field another name';
    tell(at('payload', 'fields', '_pad'), 'bad-value', { message: '"_pad" is where the filler goes', hint });
  }
  if (!sound || targets.length === 0) return null;
  const slots = Math.min(compiled.slots, model.mostEvents?.(params, devices) ?? Number.POSITIVE_INFINITY);
  const schema = draft.wire === undefined ? {} : { schema: draft.wire };
  const payloadPlan = { codec: payload.codec, ...schema, profile, fields, identity, ...padding, ...style };
  const payloadBytes = mostBytes(codec.layout(complete).ops);
  const ways = addresses.map((address, i): FleetWay => {
    const addressBytes = mostBytes(textOps(address, complete.vocabulary));
    return { target: to[i] as number, address, largest: { addressBytes, payloadBytes } };
  });
  const [{ target, address }] = ways as [FleetWay, ...FleetWay[]];
  return {
    plan: {
      name,
      model: model.name,
      params,
      devices,
      id,
      schedule,
      slots,
      payload: payloadPlan,
      ...(behavior === undefined ? {} : { behavior }),
      address,
      target,
    },
    profile: compiled.profile,
    ways,
  };
}

/** Longest text of some ops; what fills an event up to a length makes it no longer than that, or than the rest. */
function mostBytes(ops: readonly Op[]): number {
  const isFiller = ({ op }: Op): boolean => op === 'filler' || op === 'filler-cbor';
  const total = ops.reduce((most, op) => ('total' in op ? Math.max(most, op.total) : most), 0);
  return Math.max(
    total,
    ops.reduce((sum, op) => sum + (isFiller(op) ? 0 : widthOf(op).max), 0),
  );
}

/** The identity of a payload; where one is asked for that it cannot have, why. `derived` and `named` are what keeps it from being so. */
function identityOf(
  { identity }: FleetPayload,
  derived: TemplateProblem | null,
  named: TemplateProblem | null,
): Identity | TemplateProblem {
  if (identity === 'named') return named ?? identity;
  if (derived === null) return identity ?? 'derived';
  return identity === 'derived' ? derived : (identity ?? 'fields');
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
