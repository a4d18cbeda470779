import type { Micros } from '../../core/clock.ts';
import { draw, foldHigh, unit } from '../../core/random.ts';
import type { FleetView, SeatKey } from '../model.ts';

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;
/** A row is taken once a minute, where so many are due. */
export const ROW_US = 60 * SECOND_US;
/** Its time is late by up to this. */
export const JITTER_US = 3 * SECOND_US;
/** Rows taken in one go; a rest below `SHORT` stays in one. */
const LEAST = 10;
const MOST = 350;
const SHORT = 300;
/** Share of the sequences that follow the one before after a pause, and the longest pause. */
const SOON = 0.06;
const PAUSE_US = 2 * 3600 * SECOND_US;
/** The others start so long before their first row is due at most. */
const SLACK_US = 2 * DAY_US;

/** First of the two channels that a timetable takes. */
interface Channels {
  length: number;
  start: number;
}

/**
 * When a device that runs now and then took the rows of one life. Rows are taken in sequences of 10 to 350, once a minute, and reported at the
 * pace of the schedule: no row is taken after it is due, and the last one of a sequence before the first of the next. A trip is what
 * was taken on one day (UTC); where rows are due faster than once a minute, each sequence is one, with its rows as far apart as they are due.
 */
export class Timetable {
  /** First row of each sequence, and the number of rows. */
  readonly #rows: number[] = [];
  readonly #startsUs: Micros[] = [];
  readonly #gapsUs: Micros[] = [];
  /** First row of each trip, and the number of rows. */
  readonly trips: readonly number[];
  /** When each trip began. */
  readonly tripsUs: readonly Micros[];

  constructor(fleet: FleetView, seat: SeatKey, life: number, rows: number, channels: Channels) {
    const first = life * rows;
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, first);
    const trips: number[] = [];
    const tripsUs: Micros[] = [];
    let day = -1;
    let endUs = first === 0 ? fleet.dueOf(seat.seat, 0) : fleet.dueOf(seat.seat, first - 1);
    for (let row = 0, i = 0; row < rows; i++) {
      const rest = rows - row;
      const drawn = LEAST + Math.floor(unit(draw(k0, k1, first + i, channels.length)) * (MOST - LEAST + 1));
      const length = rest < SHORT ? rest : Math.min(drawn, rest);
      const dueUs = fleet.dueOf(seat.seat, first + row);
      const spanUs = fleet.dueOf(seat.seat, first + row + length - 1) - dueUs;
      // Due times are cut to whole microseconds.
      const isQuick = length > 1 && spanUs / (length - 1) <= ROW_US - 1;
      const gapUs = isQuick ? spanUs / (length - 1) : ROW_US;
      const startUs = startOf(unit(draw(k0, k1, first + i, channels.start)), endUs + ROW_US, dueUs);
      this.#rows.push(row);
      this.#startsUs.push(startUs);
      this.#gapsUs.push(gapUs);
      if (isQuick) day = -1;
      for (let from = 0; from < length; ) {
        const atUs = startUs + Math.floor(gapUs * from);
        const today = Math.floor(atUs / DAY_US);
        if (today !== day) {
          trips.push(row + from);
          tripsUs.push(atUs);
        }
        day = today;
        from = isQuick ? length : Math.ceil(((today + 1) * DAY_US - startUs) / ROW_US);
      }
      endUs = startUs + Math.floor(gapUs * (length - 1)) + JITTER_US;
      row += length;
    }
    this.#rows.push(rows);
    trips.push(rows);
    this.trips = trips;
    this.tripsUs = tripsUs;
  }

  /** When a row was taken by the minute; what is due before that comes first. */
  takenAt(row: number): Micros {
    const i = below(this.#rows, row);
    return (this.#startsUs[i] as Micros) + Math.floor((this.#gapsUs[i] as Micros) * (row - (this.#rows[i] as number)));
  }

  /** Whether the rows about this one are a whole minute apart. */
  isByTheMinute(row: number): boolean {
    return this.#gapsUs[below(this.#rows, row)] === ROW_US;
  }

  /** The trip in which a row was taken, from 0. */
  tripOf(row: number): number {
    return below(this.trips, row);
  }
}

/**
 * When a sequence starts that can from `freeUs` on and has to by `dueUs`: mostly within the last days of that time, now and then soon, so
 * that it belongs to the same trip as the one before. `draw` decides, in [0, 1).
 */
function startOf(draw: number, freeUs: Micros, dueUs: Micros): Micros {
  if (freeUs >= dueUs) return dueUs;
  if (draw < SOON) return Math.min(dueUs, freeUs + Math.floor((draw / SOON) * PAUSE_US));
  const rest = (draw - SOON) / (1 - SOON);
  return dueUs - Math.floor(rest * Math.min(dueUs - freeUs, SLACK_US));
}

/** The last index whose entry is not above `value`; the last entry is. */
function below(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle;
  }
  return low;
}
