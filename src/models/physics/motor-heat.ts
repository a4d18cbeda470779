import type { Micros } from '../../core/clock.ts';
import { exp } from '../../core/exponential.ts';
import { draw, type StreamKey, signedUnit, unit } from '../../core/random.ts';
import { Chapters } from '../chapters.ts';
import type { SeatKey } from '../model.ts';
import { timeOfDay } from './weather.ts';

const DAY_US = 86_400_000_000;
/** Load stays as it is for so long at least. */
const SHORTEST_JOB_US = 900_000_000;
/** The past that still shows, in jobs: with three to a time constant, e^−9 of what was before is left. */
const PAST_JOBS = 27;
/** Two shifts, share of the day, UTC. */
const SHIFTS = { from: 6 / 24, to: 22 / 24 };
/** Outside them a machine does this share of its load. */
const IDLE = 0.4;
/** From job to job the load is so much more or less at most. */
const JOB_SCATTER = 0.25;
/** So many machines are between two of their jobs at once. */
const KEPT_JOBS = 20_000;
const LOAD = { min: 0.05, max: 1.25 };

/** A motor that warms up as one body. */
export interface HeatSpec {
  /** Time constant, µs. */
  constantUs: Micros;
  /** Load in a shift, share of the rated one. */
  load: number;
  /** Rise in the end at rated load, K: what iron adds at any load, and copper with its square. */
  iron: number;
  copper: number;
}

/** Mutable and reused. */
export interface MotorState {
  /** Share of the rated one. */
  load: number;
  /** Over what surrounds it, K. */
  rise: number;
}

/** How long a job lasts. */
export function jobLength({ constantUs }: HeatSpec): Micros {
  return Math.max(SHORTEST_JOB_US, Math.ceil(constantUs / 3));
}

/** Rise in the end at a load. */
export function finalRise({ iron, copper }: HeatSpec, load: number): number {
  return iron + copper * load * load;
}

/** Load and rise of temperature of the motors of a fleet, each by its seat. Takes two channels. */
export class MotorHeat {
  readonly #spec: HeatSpec;
  readonly #channel: number;
  readonly #jobUs: Micros;
  /** Rise at the beginning of each job. */
  readonly #rises: Chapters<number>;

  constructor(spec: HeatSpec, channel: number) {
    this.#spec = spec;
    this.#channel = channel;
    this.#jobUs = jobLength(spec);
    this.#rises = new Chapters(KEPT_JOBS, (seat, job) => this.#riseBefore(seat, job));
  }

  /** Load is constant for the length of a job; the rise is the exact answer of one heat capacity and one resistance to the last ones. */
  at(seat: SeatKey, tUs: Micros, into: MotorState): void {
    const spec = this.#spec;
    const where = tUs / this.#jobUs + this.#phase(seat);
    const job = Math.floor(where);
    into.load = this.#loadOf(seat, job);
    const final = finalRise(spec, into.load);
    const gone = ((where - job) * this.#jobUs) / spec.constantUs;
    into.rise = final + (this.#rises.of(seat, job) - final) * exp(-gone);
  }

  #riseBefore(seat: SeatKey, job: number): number {
    const spec = this.#spec;
    const decay = exp(-this.#jobUs / spec.constantUs);
    let rise = finalRise(spec, this.#loadOf(seat, job - PAST_JOBS));
    for (let past = PAST_JOBS - 1; past >= 1; past--) {
      const final = finalRise(spec, this.#loadOf(seat, job - past));
      rise = final + (rise - final) * decay;
    }
    return rise;
  }

  #phase({ k0, k1 }: StreamKey): number {
    return unit(draw(k0, k1, 0, this.#channel));
  }

  #loadOf(seat: StreamKey, job: number): number {
    const startUs = (job - this.#phase(seat)) * this.#jobUs;
    const day = timeOfDay(startUs);
    const weekday = (Math.floor(startUs / DAY_US) + 3) % 7;
    const isShift = weekday < 5 && day >= SHIFTS.from && day < SHIFTS.to;
    const scatter = JOB_SCATTER * signedUnit(draw(seat.k0, seat.k1, job, this.#channel + 1));
    const load = this.#spec.load * (isShift ? 1 : IDLE) + scatter;
    return Math.min(Math.max(load, LOAD.min), LOAD.max);
  }
}
