import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fleetsOf } from '../../src/events/fleet-views.ts';
import type { FleetView, SeatKey } from '../../src/models/model.ts';
import { models } from '../../src/models/registry.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { FleetPlan, Plan } from '../../src/plan/plan.ts';

const scenarios = new URL('../../scenarios/', import.meta.url);

/** The plan of scenarios/turbine-landing.yaml, with another seed. */
export async function landingPlan(seed?: number): Promise<Plan> {
  const text = readFileSync(new URL('turbine-landing.yaml', scenarios), 'utf8');
  const set = seed === undefined ? [] : [`seed=${seed}`];
  const file = 'turbine-landing.yaml';
  const outcome = await loadPlan({ text, file, folder: fileURLToPath(scenarios), env: {}, set, allow: [] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

/** All events of a fleet of a plan by quantity, device after device. */
export interface Year {
  rows: number;
  seats: Int32Array;
  /** Device time, µs. */
  timesUs: Float64Array;
  /** Due time, µs. */
  duesUs: Float64Array;
  columns: Record<string, Float64Array>;
}

export function yearOf(plan: Plan, name: string): Year {
  const index = plan.fleets.findIndex((fleet) => fleet.name === name);
  const { model: modelName, params, devices, slots } = plan.fleets[index] as FleetPlan;
  const model = models[modelName];
  if (model === undefined) throw new Error(modelName);
  const fleets = fleetsOf(plan, index, (slotUs) => (plan.clock.startUs ?? 0) + slotUs);
  const device = model.create(params, [], devices, fleets);
  const names = [...Object.keys(model.readings), ...Object.keys(model.labels ?? {})];
  const columns = names.map(() => new Float64Array(slots));
  const year: Year = {
    rows: slots,
    seats: new Int32Array(slots),
    timesUs: new Float64Array(slots),
    duesUs: new Float64Array(slots),
    columns: Object.fromEntries(names.map((column, i) => [column, columns[i] as Float64Array])),
  };
  const out = new Float64Array(names.length);
  const key: SeatKey = { seat: 0, k0: 0, k1: 0 };
  const own: FleetView = fleets.own;
  let row = 0;
  for (let seat = 0; seat < devices; seat++) {
    own.keyOf(seat, key);
    for (let n = 0; n * devices + seat < slots; n++, row++) {
      const dueUs = own.dueOf(seat, n);
      const tUs = device.sampledAt(key, n, dueUs);
      device.sample(key, n, tUs, out, 0);
      year.seats[row] = seat;
      year.timesUs[row] = tUs;
      year.duesUs[row] = dueUs;
      for (let i = 0; i < names.length; i++) (columns[i] as Float64Array)[row] = out[i] as number;
    }
  }
  return year;
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};

/** Pearson's correlation coefficient. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Mean, standard deviation, and some quantiles. */
export function marginals(values: Float64Array): Record<'mean' | 'sd' | 'p1' | 'p50' | 'p99' | 'p999' | 'max', number> {
  const sorted = values.slice().sort();
  const at = (p: number): number => sorted[Math.round(p * (sorted.length - 1))] as number;
  const centre = mean(values);
  const sd = Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
  return { mean: centre, sd, p1: at(0.01), p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** Share of the rows for which something holds. */
export function share(rows: number, holds: (row: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (holds(row)) count++;
  return count / rows;
}
