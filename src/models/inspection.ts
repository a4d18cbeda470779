import type { Micros } from '../core/clock.ts';
import { draw, foldHigh, unit } from '../core/random.ts';
import { loneFleet } from './lone-fleet.ts';
import type { Device, DeviceModel, Fleets, FleetView, Params, SeatKey } from './model.ts';
import { TurbineLives } from './physics/turbine-life.ts';
import { ROW_EVERY_US, takenAt, turbine } from './turbine.ts';

const Channel = { row: 0, lateness: 1, missing: 2 } as const;

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;
/** A report is dated so long after its row. */
const EARLIEST_US = 4 * HOUR_US;
const LATEST_US = 6 * HOUR_US;
/** Rows among which a report chooses: those since the one before, but not more, nor older ones. */
const MOST_ROWS = 2_000;
const OLDEST_US = 25 * DAY_US;
const LONGEST_DELAY_US = turbine.maxSamplingDelayUs + OLDEST_US + LATEST_US + DAY_US;
/** Pace of inspections of a device that is looked at by itself. */
const REPORT_EVERY_US = 4 * ROW_EVERY_US;

/** Of the turbines that nobody named. */
const usual: Params = Object.fromEntries(Object.entries(turbine.params).map(([name, spec]) => [name, spec.default]));

const columns = { defect: '<defect:1>', timestamp: '<timestamp>', device_id: '<device>' } as const;

/** Reports of inspections of turbines: whether a row some hours before showed a defect. */
export const inspection: DeviceModel = {
  name: 'inspection',
  doc: 'Inspections of turbines: each reports on a row of a trip that ended before, 4 to 6 hours after it, whether it showed a defect.',
  params: {
    of: {
      doc: 'Fleet of turbines that is inspected, device for device; none for turbines that nobody sees.',
      type: 'fleet',
      model: 'turbine',
      default: '',
    },
    attention: {
      doc: 'How much more often a row with a defect is inspected than one without; 3.2 makes one report of sixteen such.',
      type: 'number',
      default: 3.2,
      min: 0,
      max: 1000,
    },
    missing_share: { doc: 'Share of the reports without a time.', type: 'number', default: 0.05, min: 0, max: 1 },
  },
  readings: {
    defect: { doc: '1 where the row showed a defect.', unit: '', decimals: 0, min: 0, max: 1 },
    timestamp: {
      doc: 'When it was inspected; some are missing.',
      unit: 'µs',
      decimals: 0,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      instant: true,
      optional: true,
    },
  },
  labels: {
    row: {
      doc: 'Number of the row among all of its turbine; missing where there was none to report on.',
      unit: '',
      decimals: 0,
      min: 0,
      max: 4_503_599_627_370_495,
      optional: true,
    },
    row_time: {
      doc: 'When the turbine took the row; missing likewise.',
      unit: 'µs',
      decimals: 0,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      instant: true,
      optional: true,
    },
  },
  payloads: {
    'crash-course': {
      doc: 'A report as the Databricks crash course lands it; give the fleet id: <ordinal>.',
      codec: 'csv',
      fields: columns,
      identity: 'none',
    },
    'crash-course-traced': {
      doc: 'The same with an event id as its last column.',
      codec: 'csv',
      fields: columns,
      identity: 'fields',
    },
    labelled: {
      doc: 'The columns as JSON, with the row it is about.',
      codec: 'json',
      fields: { ...columns, row: '<row>', row_time: '<row_time>' },
      identity: 'fields',
    },
  },
  costNs: 1150,
  maxSamplingDelayUs: LONGEST_DELAY_US,
  create: (params, _scene, devices = 60, fleets) => new Inspection(params, devices, fleets),
};

class Inspection implements Device {
  readonly #turbines: FleetView;
  /** Turbines that the scenario does not know have the inspection's own streams. */
  readonly #areOwn: boolean;
  readonly #lives: TurbineLives;
  readonly #own: FleetView;
  readonly #attention: number;
  readonly #missing: number;
  readonly #turbine: SeatKey = { seat: 0, k0: 0, k1: 0 };
  readonly #asked = { k0: 0, k1: 0, n: -1 };
  /** Row and instant that `#inspect` found for what was asked last; the row is not a number where there is none. */
  #row = Number.NaN;
  #rowUs = Number.NaN;
  #atUs = 0;

  constructor(params: Params, devices: number, fleets: Fleets | undefined) {
    const named = params['of'] === '' ? undefined : fleets?.named(String(params['of']));
    this.#areOwn = named === undefined;
    this.#turbines = named ?? loneFleet(usual, devices, ROW_EVERY_US);
    this.#lives = new TurbineLives(this.#turbines);
    this.#own = fleets?.own ?? loneFleet(params, devices, REPORT_EVERY_US);
    this.#attention = Number(params['attention']);
    this.#missing = Number(params['missing_share']);
  }

  sampledAt(seat: SeatKey, n: number, dueUs: Micros): Micros {
    this.#inspect(seat, n);
    return Math.min(Math.max(this.#atUs, dueUs - LONGEST_DELAY_US + 1), dueUs);
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    this.#inspect(seat, n);
    const isMissing = unit(draw(seat.k0, foldHigh(seat.k1, n), n, Channel.missing)) < this.#missing;
    out[at] = Number.isNaN(this.#row) ? 0 : this.#labelOf(this.#row);
    out[at + 1] = isMissing ? Number.NaN : tUs;
    out[at + 2] = this.#row;
    out[at + 3] = this.#rowUs;
  }

  /** Chooses the row for a report, one that has landed six hours before the report is due. */
  #inspect(seat: SeatKey, n: number): void {
    const asked = this.#asked;
    if (asked.n === n && asked.k0 === seat.k0 && asked.k1 === seat.k1) return;
    asked.n = n;
    asked.k0 = seat.k0;
    asked.k1 = seat.k1;
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, n);
    const place = seat.seat % this.#turbines.devices;
    const turbine = this.#turbine;
    if (this.#areOwn) Object.assign(turbine, seat);
    else this.#turbines.keyOf(place, turbine);
    const dueUs = this.#own.dueOf(seat.seat, n);
    const sinceUs = n === 0 ? Number.NEGATIVE_INFINITY : this.#own.dueOf(seat.seat, n - 1);
    const end = rowsBy(this.#turbines, place, dueUs - LATEST_US);
    const oldestUs = Math.max(sinceUs - LATEST_US, dueUs - LATEST_US - OLDEST_US);
    const start = Math.max(rowsBy(this.#turbines, place, oldestUs), end - MOST_ROWS);
    let total = 0;
    for (let row = start; row < end; row++) total += this.#weightOf(row);
    let left = unit(draw(k0, k1, n, Channel.row)) * total;
    // Rows of which none may be inspected are passed over like a turbine at rest.
    this.#row = Number.NaN;
    for (let row = start; row < end && total > 0; row++) {
      const weight = this.#weightOf(row);
      if (weight > 0) this.#row = row;
      left -= weight;
      if (left < 0) break;
    }
    const lateUs = EARLIEST_US + Math.floor(unit(draw(k0, k1, n, Channel.lateness)) * (LATEST_US - EARLIEST_US));
    if (Number.isNaN(this.#row)) {
      this.#rowUs = Number.NaN;
      this.#atUs = dueUs;
      return;
    }
    this.#rowUs = takenAt(this.#lives, turbine, this.#row, this.#turbines.dueOf(place, this.#row));
    this.#atUs = this.#rowUs + lateUs;
  }

  #weightOf(row: number): number {
    const label = this.#labelOf(row);
    return label === 1 ? this.#attention : label === 0 ? 1 : 0;
  }

  #labelOf(row: number): number {
    const number = this.#lives.lifeOf(row);
    return this.#lives.life(this.#turbine, number).defect[row - number * this.#lives.rows] as number;
  }
}

/** How many events of a seat are due by an instant. */
function rowsBy(fleet: FleetView, seat: number, tUs: Micros): number {
  if (!(fleet.dueOf(seat, 0) <= tUs)) return 0;
  let low = 0;
  let high = 1;
  while (fleet.dueOf(seat, high) <= tUs) {
    low = high;
    high *= 2;
  }
  // Event `low` is due by then, event `high` is not.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fleet.dueOf(seat, middle) <= tUs) low = middle;
    else high = middle;
  }
  return high;
}
