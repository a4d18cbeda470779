import { normal } from '../../core/normal.ts';
import { draw, foldHigh, unit } from '../../core/random.ts';
import { sinTurns } from '../../core/trigonometry.ts';
import { Chapters } from '../chapters.ts';
import type { FleetView, SeatKey } from '../model.ts';
import { Season } from './season.ts';
import { Timetable } from './timetable.ts';
import { addDefects } from './turbine-defects.ts';

const TURN = 1 / (2 * Math.PI);
const HOUR_US = 3_600_000_000;

/** First channel of each stage's random draws. */
const Channel = {
  length: 0,
  start: 1,
  trip: 2,
  temperature: 8,
  density: 12,
  rotation: 16,
  delay: 20,
  label: 24,
} as const;

/** Where channels are cut; far beyond what has ever been drawn. */
export const Bounds = {
  temperature: { min: -60, max: 160 },
  pressure: { min: 500, max: 1400 },
  density: { min: 0, max: 12 },
  delay: { min: 0, max: 1200 },
  rotation: { min: 0, max: 10_000 },
  airflow: { min: 0, max: 20 },
} as const;

/** Rows by which the airflow follows the rotation. */
const AIRFLOW_LAG = 5;
/** Kept lives: their bytes, whatever the size of one. */
const LIVES_BYTES = 192 * 1024 * 1024;
const BYTES_PER_ROW = 41;
const TIMETABLES = 65_536;

/** All rows of a device from one overhaul to the next, as its sensors took them. */
export class TurbineLife {
  readonly temperature: Float64Array;
  readonly pressure: Float64Array;
  readonly density: Float64Array;
  readonly rotation: Float64Array;
  readonly delay: Float64Array;
  /** 0, or the label of the rule that was true some rows earlier. */
  readonly defect: Uint8Array;

  constructor(rows: number) {
    this.temperature = new Float64Array(rows);
    this.pressure = new Float64Array(rows);
    this.density = new Float64Array(rows);
    this.rotation = new Float64Array(rows);
    this.delay = new Float64Array(rows);
    this.defect = new Uint8Array(rows);
  }
}

/**
 * The lives of a fleet's turbines, with the formulas of the crash course's generator (josh-melton-db/databricks-crash-course, 1ba87d1,
 * util/data_generator.py). In them u runs evenly from 0 to 10 over the rows of a trip, or of a life.
 */
export class TurbineLives {
  /** Rows of a life. */
  readonly rows: number;
  readonly #season: Season;
  readonly #timetables: Chapters<Timetable>;
  readonly #lives: Chapters<TurbineLife>;

  constructor(fleet: FleetView) {
    const { params, key } = fleet;
    this.rows = Number(params['life']);
    this.#season = new Season(key, Number(params['mean_temperature']), params['seasonal'] === true);
    this.#timetables = new Chapters(TIMETABLES, (seat, life) => new Timetable(fleet, seat, life, this.rows, Channel));
    const capacity = Math.floor(LIVES_BYTES / (this.rows * BYTES_PER_ROW));
    this.#lives = new Chapters(capacity, (seat, life) => this.#compute(seat, life));
  }

  /** The life that a seat's n-th row belongs to. */
  lifeOf(n: number): number {
    return Math.floor(n / this.rows);
  }

  timetable(seat: SeatKey, life: number): Timetable {
    return this.#timetables.of(seat, life);
  }

  life(seat: SeatKey, life: number): TurbineLife {
    return this.#lives.of(seat, life);
  }

  /**
   * Airflow of a row: of the first rows of a trip that of the first one that has a rotation far enough back, of a trip too short for that the
   * next one's, of the last such ones that of the last row before, else 0.
   */
  airflow(life: TurbineLife, { trips }: Timetable, trip: number, row: number): number {
    const inTrip = (i: number, at: number): number => airflowIn(life, trips[i] as number, trips[i + 1] as number, at);
    let flow = inTrip(trip, row);
    for (let i = trip + 1; Number.isNaN(flow) && i < trips.length - 1; i++) flow = inTrip(i, trips[i] as number);
    for (let i = trip - 1; Number.isNaN(flow) && i >= 0; i--) flow = inTrip(i, (trips[i + 1] as number) - 1);
    return Number.isNaN(flow) ? 0 : flow;
  }

  #compute(seat: SeatKey, number: number): TurbineLife {
    const { rows } = this;
    const life = new TurbineLife(rows);
    const timetable = this.timetable(seat, number);
    const first = number * rows;
    const { trips } = timetable;
    for (let trip = 0; trip < trips.length - 1; trip++) this.#addTrip(seat, first, timetable, trip, life);
    addDensity(seat, first, life);
    addDefects(seat, first, Channel.label, life);
    return life;
  }

  #addTrip(seat: SeatKey, firstRow: number, { trips, tripsUs }: Timetable, trip: number, life: TurbineLife): void {
    const from = trips[trip] as number;
    const to = trips[trip + 1] as number;
    const beganUs = tripsUs[trip] as number;
    const { temperature, pressure, rotation, delay } = life;
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, firstRow);
    const drawn = (i: number): number => unit(draw(k0, k1, firstRow + from, Channel.trip + i));
    const day = Math.floor(beganUs / (24 * HOUR_US));
    const hour = Math.floor(beganUs / HOUR_US) - day * 24;
    const coldest = 5 + Math.floor(drawn(0) * 4);
    const hottest = 14 + Math.floor(drawn(1) * 5);
    const slope = hour >= coldest && hour < hottest ? -0.8 : 0.8;
    const base = this.#season.of(day);
    const level = 913 + Math.floor(drawn(2) * 201);
    const lapse = 1.7 + drawn(3);
    const step = to - from > 1 ? 10 / (to - from - 1) : 0;
    // x is an oscillator without damping, of a period of six rows.
    let before = 0;
    let x = drawn(4) + 0.3;
    for (let row = from; row < to; row++) {
      const n = firstRow + row;
      const u = step * (row - from);
      const amplitude = 1.2 + 1.2 * normal(draw(k0, k1, n, Channel.temperature + 1));
      const frequency = 0.35 + 0.5 * normal(draw(k0, k1, n, Channel.temperature + 2));
      const noise = normal(draw(k0, k1, n, Channel.temperature));
      const wave = amplitude * sinTurns(frequency * u * TURN);
      const celsius = cut(Bounds.temperature, base + noise + wave + slope * u);
      temperature[row] = celsius;
      pressure[row] = cut(Bounds.pressure, level - (celsius - 15) * lapse);
      if (row === from + 1) {
        before = x;
        x = (drawn(5) + 1) * 0.8;
      } else if (row > from) {
        const next = 0.3 * normal(draw(k0, k1, n, Channel.rotation)) + x - before;
        before = x;
        x = next;
      }
      const speed = cut(Bounds.rotation, 100 * (x < 0 ? -x : x));
      rotation[row] = speed;
      const strain = 1.2 * normal(draw(k0, k1, n, Channel.delay)) + 1.2 * sinTurns(0.35 * u) + 0.2 * u;
      delay[row] = cut(Bounds.delay, (strain < 0 ? -strain : strain) * Math.sqrt(speed));
    }
  }
}

/** Rises with the device's age; folded at half of its mean. */
function addDensity({ k0, k1 }: SeatKey, first: number, { density }: TurbineLife): void {
  const folded = foldHigh(k1, first);
  const rows = density.length;
  const step = rows > 1 ? 10 / (rows - 1) : 0;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const u = step * row;
    const noise = 0.6 * normal(draw(k0, folded, first + row, Channel.density));
    const s = noise + 1.2 * sinTurns(0.35 * u) + 0.4 * u;
    density[row] = s;
    sum += s;
  }
  const half = sum / rows / 2;
  for (let row = 0; row < rows; row++) {
    const s = (density[row] as number) - half;
    density[row] = cut(Bounds.density, s < 0 ? -s : s);
  }
}

/** Rotation some rows earlier over pressure; NaN where the trip has no row that has one before it. */
function airflowIn({ rotation, pressure }: TurbineLife, from: number, to: number, row: number): number {
  const at = Math.max(row, from + AIRFLOW_LAG);
  if (at >= to) return Number.NaN;
  return cut(Bounds.airflow, (rotation[at - AIRFLOW_LAG] as number) / (pressure[at] as number));
}

function cut({ min, max }: { min: number; max: number }, value: number): number {
  return value < min ? min : value > max ? max : value;
}
