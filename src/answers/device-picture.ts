import { Value } from '../codecs/layout.ts';
import { type Part, seatsOf } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { total } from '../core/total.ts';
import { EventMaker } from '../events/event-maker.ts';
import { shapeOf } from '../models/model-shape.ts';
import { models } from '../models/registry.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { planLengthUs } from '../plan/plan-length.ts';
import type { TruthQuestion } from './truth.ts';

/** Devices that are drawn, of all fleets together. */
export const MOST_DRAWN = 512;
/** Stretches of time that are told apart. */
const MOST_BINS = 96;
/** Events that are looked at; of more, every second one of a device, or every third … */
const MOST_EVENTS = 4_000_000;
/** Events between two chances for others to do something. */
const STRETCH = 4_096;
/** Lengths of a stretch that read well, µs; beyond, whole hours. */
const NICE_US = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((s) => s * 1_000_000);

/** What one device reported of the reading that its model wants drawn. */
export interface DevicePicture {
  fleet: string;
  reading: string;
  unit: string;
  seat: number;
  /** Id of the device that sat there first. */
  device: string;
  /** That were due, and how many of them were looked at. */
  events: number;
  looked: number;
  /** null where there were none. */
  max: number | null;
  mean: number | null;
  /** When the greatest was due, µs since slot time 0. */
  maxAtUs: Micros;
  /** The greatest in each stretch; null where nothing was due, or looked at. All devices of a fleet have the same stretches. */
  bins: readonly (number | null)[];
  binUs: Micros;
}

interface PicturedFleet {
  place: number;
  reading: string;
  seats: number[];
}

/**
 * What devices of the fleets whose models have a picture reported over time: at most 512 of them, chosen evenly. Made again, so that it is the same for
 * any number of workers, and after a run was gone on with. null stands for a moment's pause.
 */
export function* picturesOf(question: TruthQuestion): Generator<DevicePicture | null> {
  const fleets = picturedFleets(question.plan, question.shard);
  const eventsOf = ({ place, seats }: PicturedFleet): number => {
    const { devices } = question.plan.fleets[place] as FleetPlan;
    return seats.length * Math.ceil(endOf(question, place) / devices);
  };
  const every = Math.max(1, Math.ceil(total(fleets, eventsOf) / MOST_EVENTS));
  for (const fleet of fleets) yield* fleetPictures(question, fleet, every);
}

/** Whether a plan has a fleet of a model with a picture. */
export function hasPicture({ fleets }: Plan): boolean {
  return fleets.some((fleet) => readingOf(fleet) !== null);
}

function readingOf({ model, params }: FleetPlan): string | null {
  const own = models[model];
  return own === undefined ? null : (shapeOf(own, params).picture ?? null);
}

function picturedFleets(plan: Plan, shard: Part): PicturedFleet[] {
  const fleets = fleetGroups(plan).flatMap(([place]) => {
    const reading = readingOf(plan.fleets[place as number] as FleetPlan);
    return reading === null ? [] : [{ place: place as number, reading }];
  });
  const some = fleets.slice(0, MOST_DRAWN);
  return some.map(({ place, reading }) => {
    const own = seatsOf(shard, (plan.fleets[place] as FleetPlan).devices);
    const drawn = Math.min(own, Math.floor(MOST_DRAWN / some.length));
    const seats = Array.from({ length: drawn }, (_, i) => shard.index + shard.count * Math.floor((i * own) / drawn));
    return { place, reading, seats };
  });
}

/** The first slot that was never sent. */
function endOf({ plan, until }: TruthQuestion, place: number): number {
  return Math.min((plan.fleets[place] as FleetPlan).slots, until[place] ?? Number.POSITIVE_INFINITY);
}

function* fleetPictures(
  question: TruthQuestion,
  { place, reading, seats }: PicturedFleet,
  every: number,
): Generator<DevicePicture | null> {
  const { plan, anchor } = question;
  const maker = new EventMaker(plan, place, anchor);
  const { name, devices, params } = plan.fleets[place] as FleetPlan;
  const { readings } = shapeOf(maker.model, params);
  const index = Value.readings + Object.keys(readings).indexOf(reading);
  const { unit = '' } = readings[reading] ?? {};
  const end = endOf(question, place);
  const { values } = maker.context;
  const lengthUs = end < (plan.fleets[place] as FleetPlan).slots ? maker.profile.timeOf(end) : planLengthUs(plan);
  const binUs = binLengthUs(lengthUs, (lengthUs * devices) / Math.max(1, end));
  let stretch = 0;
  for (const [i, seat] of seats.entries()) {
    const bins = new Array<number | null>(Math.ceil(lengthUs / binUs)).fill(null);
    const events = seat < end ? Math.ceil((end - seat) / devices) : 0;
    let [looked, sum, max, maxAtUs] = [0, 0, Number.NEGATIVE_INFINITY, 0];
    // Neighbours are looked at in turn, so that none misses what happened to all at once.
    for (let n = i % every; n < events; n += every) {
      const slot = n * devices + seat;
      const dueUs = maker.profile.timeOf(slot);
      maker.load(slot, dueUs);
      const value = values[index] as number;
      if (++stretch % STRETCH === 0) yield null;
      if (Number.isNaN(value)) continue;
      looked++;
      sum += value;
      if (value > max) [max, maxAtUs] = [value, dueUs];
      const bin = Math.min(bins.length - 1, Math.floor(dueUs / binUs));
      bins[bin] = Math.max(bins[bin] ?? Number.NEGATIVE_INFINITY, value);
    }
    const some = looked > 0;
    const device = maker.ids.text(seat);
    const told = { fleet: name, reading, unit, seat, device, events, looked, maxAtUs, bins, binUs };
    yield { ...told, max: some ? max : null, mean: some ? sum / looked : null };
  }
}

/** A length that reads well, with not too many stretches, in which a device reports about once at least. */
function binLengthUs(lengthUs: Micros, gapUs: Micros): Micros {
  const least = Math.max(lengthUs / MOST_BINS, Math.min(gapUs, lengthUs));
  const hourUs = NICE_US.at(-1) as number;
  return NICE_US.find((us) => us >= least) ?? Math.ceil(least / hourUs) * hourUs;
}
