import type { Samples } from '../wire/samples.ts';
import { cellOf, MAX_RECORDED_US, ORIGIN, RECORDER_CELLS, type Recorder, Total } from './recorder.ts';

/** What a recorder gained since its previous reading; the extremes are those of all its samples so far. */
export type RecorderGain = Omit<Samples, 'cells'>;

/**
 * The reading end of a recorder. Cells are taken as differences modulo 2³², so a cell may wrap any number of times as long as it
 * gains fewer than 2³² samples between two readings.
 */
export class RecorderReader {
  readonly #recorder: Recorder;
  readonly #seenCells = new Uint32Array(RECORDER_CELLS);
  #sum = 0;
  #negative = 0;
  #clamped = 0;
  #rejected = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Calls `visit` for every cell that gained samples, in ascending order, and returns the gain in totals. */
  read(visit: (cell: number, gained: number) => void): RecorderGain {
    const { totals, cells } = this.#recorder;
    const total = (index: number): number => totals[index] as number;
    const gain: RecorderGain = {
      min: total(Total.floor) === 0 ? Number.POSITIVE_INFINITY : ORIGIN - total(Total.floor),
      max: total(Total.ceiling) === 0 ? Number.NEGATIVE_INFINITY : total(Total.ceiling) - ORIGIN,
      sum: total(Total.sum) - this.#sum,
      negative: total(Total.negative) - this.#negative,
      clamped: total(Total.clamped) - this.#clamped,
      rejected: total(Total.rejected) - this.#rejected,
    };
    this.#sum += gain.sum;
    this.#negative += gain.negative;
    this.#clamped += gain.clamped;
    this.#rejected += gain.rejected;
    if (gain.min > gain.max) return gain;

    const seen = this.#seenCells;
    const last = cellOf(clamp(gain.max));
    for (let cell = cellOf(clamp(gain.min)); cell <= last; cell++) {
      const value = cells[cell] as number;
      const gained = (value - (seen[cell] as number)) >>> 0;
      if (gained === 0) continue;
      seen[cell] = value;
      visit(cell, gained);
    }
    return gain;
  }
}

function clamp(us: number): number {
  return Math.min(MAX_RECORDED_US, Math.max(0, us));
}
