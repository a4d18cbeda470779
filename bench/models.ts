import { pathToFileURL } from 'node:url';
import { clearBatch, createEventBatch } from '../src/core/event-batch.ts';
import { createFleetEvents } from '../src/events/fleet-events.ts';
import type { DeviceModel } from '../src/models/model.ts';
import { models } from '../src/models/registry.ts';
import type { Plan } from '../src/plan/plan.ts';
import { fleetOf, planOf } from '../test/events/plans.ts';

/*
 * Question: what does an event of each model cost?
 *
 * Schedule, model, payload and identity as the engine calls them, into batches: the model's first payload, 60 devices, an event a minute of
 * each. A model that computes chapters computes them here too: 400 000 events are a life of each turbine. No rival: the figures tell
 * models from each other.
 */

const EVENTS = 400_000;
const ROUNDS = 3;
const DEVICES = 60;
const anchor = { runId: 'bench', startWallUs: 1_772_366_400_000_000, startMonoUs: 0 };

/** What an event of a model costs. */
export interface ModelCost {
  model: string;
  profile: string;
  /** CPU nanoseconds, user and system; the median of the rounds, each with a fleet of its own. */
  nsPerEvent: number;
  bytesPerEvent: number;
}

/** Models that report something without being told what. */
function ready(): { model: DeviceModel; profile: string }[] {
  return Object.values(models).flatMap((model) => {
    const [first] = Object.keys(model.payloads);
    const isReady = Object.values(model.params).every((spec) => spec.default !== null);
    return first === undefined || !isReady ? [] : [{ model, profile: first }];
  });
}

function benchPlan(model: DeviceModel, profile: string, seed: number): Plan {
  const fleet = fleetOf(model.name, profile, {
    devices: DEVICES,
    id: '<ordinal>',
    schedule: { rate: { events: DEVICES, perUs: 60_000_000 }, segments: [] },
    slots: EVENTS,
    address: '',
  });
  return planOf([fleet], { seed, clock: { startUs: null, speed: 'max' } });
}

export function run(): ModelCost[] {
  return ready().map(({ model, profile }) => {
    const figures: number[] = [];
    let bytes = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const events = createFleetEvents(benchPlan(model, profile, round), 0, anchor);
      const batch = createEventBatch(256, 256 * events.maxEventBytes);
      bytes = 0;
      const before = process.cpuUsage();
      for (let slot = 0; slot < EVENTS; slot++) {
        const dueUs = events.profile.timeOf(slot);
        if (events.append(slot, dueUs, batch)) continue;
        bytes += batch.end;
        clearBatch(batch, 0);
        events.append(slot, dueUs, batch);
      }
      bytes += batch.end;
      const { user, system } = process.cpuUsage(before);
      // The first round compiles.
      if (round > 0) figures.push(((user + system) * 1000) / EVENTS);
    }
    const nsPerEvent = figures.sort((a, b) => a - b)[ROUNDS >> 1] as number;
    return { model: model.name, profile, nsPerEvent, bytesPerEvent: bytes / EVENTS };
  });
}

export function print(costs: readonly ModelCost[]): void {
  console.log('models: an event with its first payload');
  for (const { model, profile, nsPerEvent, bytesPerEvent } of costs) {
    const cost = `${nsPerEvent.toFixed(0)} ns/event, ${bytesPerEvent.toFixed(0)} bytes`;
    console.log(`  ${model.padEnd(20)}${profile.padEnd(20)}${cost}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) print(run());
