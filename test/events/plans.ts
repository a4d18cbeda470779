import type { Anchor } from '../../src/core/anchor.ts';
import { clearBatch, createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { models } from '../../src/models/registry.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';
import type { FleetPlan, Plan } from '../../src/plan/plan.ts';

/** 2026-03-01T12:00:00.250Z; a whole number of milliseconds, as every anchor. */
export const anchor: Anchor = { runId: 'run-a', startWallUs: 1_772_366_400_250_000, startMonoUs: 5_000_000 };

/** A fleet of phones with a payload profile of its model. */
export function phones(profile: string, changes: Partial<FleetPlan> = {}): FleetPlan {
  const model = models['phone-motion'];
  const payload = model?.payloads[profile];
  if (model === undefined || payload === undefined) throw new Error(`no payload profile ${profile}`);
  return {
    name: 'phones',
    model: 'phone-motion',
    params: Object.fromEntries(Object.entries(model.params).map(([name, spec]) => [name, spec.default])),
    devices: 128,
    id: 'client-<hex:12>',
    schedule: { rate: { events: 51_000_000, perUs: 86_400_000_000 }, segments: [] },
    slots: 100_000,
    payload: {
      codec: 'json',
      profile,
      fields: profileFields(payload.fields),
      identity: payload.identity,
    },
    address: 'phones/<device>/motion',
    target: 0,
    ...changes,
  };
}

/** A fleet of any model with one of its payload profiles. */
export function fleetOf(model: string, profile: string, changes: Partial<FleetPlan> = {}): FleetPlan {
  const { params = {}, payloads = {} } = models[model] ?? {};
  const payload = payloads[profile];
  if (payload === undefined) throw new Error(`${model} has no payload profile ${profile}`);
  const { codec, fields, identity, spaced } = payload;
  return phones('raw', {
    name: model,
    model,
    params: Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, spec.default])),
    payload: {
      codec,
      profile,
      fields: profileFields(fields),
      identity,
      ...(spaced === undefined ? {} : { spaced }),
    },
    ...changes,
  });
}

export function planOf(fleets: FleetPlan[], changes: Partial<Plan> = {}): Plan {
  return {
    plan: 1,
    name: 'test',
    description: '',
    seed: 42,
    clock: { startUs: null, speed: { numerator: 1, denominator: 1 } },
    run: { warmUpUs: 0, durationUs: 60_000_000, drainUs: 0 },
    fleets,
    targets: [],
    verify: null,
    thresholds: [],
    timeline: [],
    outputs: { dir: 'out', labels: {} },
    limits: { memoryBytes: null },
    ...changes,
  };
}

/** Address and payload of some slots, as the fleet writes them. */
export function eventsOf(
  plan: Plan,
  fleet: number,
  slots: Iterable<number>,
  at = anchor,
): { address: string; payload: string }[] {
  const events = createFleetEvents(plan, fleet, at);
  const batch = createEventBatch(1, events.maxEventBytes);
  const decoder = new TextDecoder();
  const lines: { address: string; payload: string }[] = [];
  for (const slot of slots) {
    clearBatch(batch, fleet);
    if (!events.append(slot, events.profile.timeOf(slot), batch)) throw new Error('an event did not fit');
    const payload = batch.payloads[0] as number;
    lines.push({
      address: decoder.decode(batch.bytes.subarray(batch.starts[0], payload)),
      payload: decoder.decode(batch.bytes.subarray(payload, batch.ends[0])),
    });
  }
  return lines;
}
