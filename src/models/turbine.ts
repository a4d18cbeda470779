import type { Micros } from '../core/clock.ts';
import { draw, foldHigh, unit } from '../core/random.ts';
import { loneFleet } from './lone-fleet.ts';
import type { Device, DeviceModel, FleetView, Params, SeatKey } from './model.ts';
import { JITTER_US } from './physics/timetable.ts';
import { factoryNames, factoryOf, turbineNames, turbineOf } from './physics/turbine-identity.ts';
import { Bounds, TurbineLives } from './physics/turbine-life.ts';

/** Channels of what happens to a row after it was taken; those of its life lie below. */
const Channel = { jitter: 32, missing: 33, negated: 34 } as const;

/** A device has run for some days before a row is due, at most so long. */
const LONGEST_DELAY_US = 60 * 86_400_000_000;
/** Rows of a year, 60 devices of which make 400 000. */
const LIFE = 6_668;
/** Pace of a device that is looked at by itself: a life in a year. */
export const ROW_EVERY_US = 4_730_000_000;

const defectNames = ['0', '1', '2'] as const;
/** Which rule of the pipeline's table of anomalies a row meets. */
export const anomalyNames = ['none', 'delay', 'temperature', 'density'] as const;

const pressure = { min: -Bounds.pressure.max, max: Bounds.pressure.max };

/** The columns of the original in their order. */
const columns = {
  device_id: '<device>',
  trip_id: '<trip_id>',
  factory_id: '<factory_id>',
  model_id: '<model_id>',
  timestamp: '<time.iso>',
  airflow_rate: '<airflow_rate:exact>',
  rotation_speed: '<rotation_speed:exact>',
  air_pressure: '<air_pressure:exact>',
  temperature: '<temperature:exact>',
  delay: '<delay:exact>',
  density: '<density:exact>',
} as const;

/** A turbine that runs now and then, and whose rows land later, some of them damaged on the way. */
export const turbine: DeviceModel = {
  name: 'turbine',
  doc: 'Turbines of five plants that run in trips through the seasons, with defects that show late, and rows that were damaged on their way.',
  params: {
    mean_temperature: { doc: 'Mean of the days.', type: 'number', default: 58, min: 0, max: 78 },
    seasonal: { doc: 'Whether summer is warmer than winter.', type: 'flag', default: true },
    life: {
      doc: 'Rows from one overhaul to the next: a device ages over them, and what is hot for it is so among them.',
      type: 'number',
      default: LIFE,
      min: 100,
      max: 20_000,
    },
    missing_share: { doc: 'Share of the rows without temperature.', type: 'number', default: 0.1, min: 0, max: 1 },
    negated_share: {
      doc: 'Share of the rows with a negative pressure.',
      type: 'number',
      default: 0.05,
      min: 0,
      max: 1,
    },
  },
  readings: {
    trip_id: { doc: 'Number of the day with rows, from 1 in each life.', unit: '', decimals: 0, min: 1, max: 20_000 },
    factory_id: {
      doc: 'Plant, which follows from the device.',
      unit: '',
      decimals: 0,
      min: 0,
      max: factoryNames.length - 1,
      names: factoryNames,
    },
    model_id: {
      doc: 'Model of the turbine, likewise.',
      unit: '',
      decimals: 0,
      min: 0,
      max: turbineNames.length - 1,
      names: turbineNames,
    },
    airflow_rate: { doc: 'Rotation five rows earlier over pressure.', unit: '', decimals: 5, ...Bounds.airflow },
    rotation_speed: {
      doc: 'Rotation, an oscillation that grows over a trip.',
      unit: '',
      decimals: 2,
      ...Bounds.rotation,
    },
    air_pressure: { doc: 'Pressure, of which some are negated.', unit: '', decimals: 2, ...pressure },
    temperature: {
      doc: 'Temperature, of which some are missing.',
      unit: '',
      decimals: 2,
      ...Bounds.temperature,
      optional: true,
    },
    delay: { doc: 'Delay, the larger the faster it rotates.', unit: '', decimals: 2, ...Bounds.delay },
    density: { doc: 'Density, which rises with the age of the device.', unit: '', decimals: 4, ...Bounds.density },
  },
  labels: {
    defect: {
      doc: 'Defect that shows by now: its cause lies 20 rows back.',
      unit: '',
      decimals: 0,
      min: 0,
      max: 2,
      names: defectNames,
    },
    anomaly: {
      doc: 'First rule of the pipeline’s table of anomalies that the row as it landed meets.',
      unit: '',
      decimals: 0,
      min: 0,
      max: 3,
      names: anomalyNames,
    },
    true_temperature: { doc: 'Temperature that was measured.', unit: '', decimals: 4, ...Bounds.temperature },
    true_pressure: { doc: 'Pressure that was measured.', unit: '', decimals: 4, ...Bounds.pressure },
    is_negated: { doc: '1 where the pressure was negated.', unit: '', decimals: 0, min: 0, max: 1 },
  },
  payloads: {
    'crash-course': {
      doc: 'A row as the Databricks crash course lands it, column for column; give the fleet id: <ordinal>.',
      codec: 'csv',
      fields: columns,
      identity: 'derived',
    },
    'crash-course-traced': {
      doc: 'The same with an event id as its last column.',
      codec: 'csv',
      fields: columns,
      identity: 'fields',
    },
    labelled: {
      doc: 'The columns as JSON, with the truth beside them.',
      codec: 'json',
      fields: {
        ...columns,
        defect: '<defect>',
        anomaly: '<anomaly>',
        true_temperature: '<true_temperature>',
        true_pressure: '<true_pressure>',
        is_negated: '<is_negated>',
      },
      identity: 'fields',
    },
  },
  costNs: 3300,
  maxSamplingDelayUs: LONGEST_DELAY_US,
  // Rows are a minute apart, and each is up to three seconds late.
  leastGapUs: 57_000_000,
  create: (params, _scene, devices = 60, fleets) =>
    new Turbine(params, fleets?.own ?? loneFleet(params, devices, ROW_EVERY_US)),
};

/** When a row was taken whose turn is `dueUs`, device time. */
export function takenAt(lives: TurbineLives, seat: SeatKey, n: number, dueUs: Micros): Micros {
  const life = lives.lifeOf(n);
  const timetable = lives.timetable(seat, life);
  const row = n - life * lives.rows;
  let atUs = timetable.takenAt(row);
  if (timetable.isByTheMinute(row)) {
    atUs += Math.floor(unit(draw(seat.k0, foldHigh(seat.k1, n), n, Channel.jitter)) * JITTER_US);
  }
  return Math.min(Math.max(atUs, dueUs - LONGEST_DELAY_US + 1), dueUs);
}

class Turbine implements Device {
  readonly #lives: TurbineLives;
  readonly #missing: number;
  readonly #negated: number;

  constructor(params: Params, fleet: FleetView) {
    this.#lives = new TurbineLives(fleet);
    this.#missing = Number(params['missing_share']);
    this.#negated = Number(params['negated_share']);
  }

  sampledAt(seat: SeatKey, n: number, dueUs: Micros): Micros {
    return takenAt(this.#lives, seat, n, dueUs);
  }

  sample(seat: SeatKey, n: number, _tUs: Micros, out: Float64Array, at: number): void {
    const lives = this.#lives;
    const number = lives.lifeOf(n);
    const life = lives.life(seat, number);
    const row = n - number * lives.rows;
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, n);
    const celsius = life.temperature[row] as number;
    const truePressure = life.pressure[row] as number;
    const isMissing = unit(draw(k0, k1, n, Channel.missing)) < this.#missing;
    const isNegated = unit(draw(k0, k1, n, Channel.negated)) < this.#negated;
    const landed = isNegated ? -truePressure : truePressure;
    const rotation = life.rotation[row] as number;
    const delay = life.delay[row] as number;
    const density = life.density[row] as number;
    const timetable = lives.timetable(seat, number);
    const trip = timetable.tripOf(row);
    out[at] = trip + 1;
    out[at + 1] = factoryOf(seat.seat + 1);
    out[at + 2] = turbineOf(seat.seat + 1);
    out[at + 3] = lives.airflow(life, timetable, trip, row);
    out[at + 4] = rotation;
    out[at + 5] = landed;
    out[at + 6] = isMissing ? Number.NaN : celsius;
    out[at + 7] = delay;
    out[at + 8] = density;
    out[at + 9] = life.defect[row] as number;
    out[at + 10] = anomalyOf(delay, rotation, isMissing ? 0 : celsius, density, landed);
    out[at + 11] = celsius;
    out[at + 12] = truePressure;
    out[at + 13] = isNegated ? 1 : 0;
  }
}

/** The pipeline looks at what landed: a negated pressure is a low one. */
function anomalyOf(delay: number, rotation: number, temperature: number, density: number, pressure: number): number {
  if (delay > 155 && rotation > 800) return 1;
  if (temperature > 101) return 2;
  return density > 4.6 && pressure < 840 ? 3 : 0;
}
