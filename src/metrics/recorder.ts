/**
 * A latency recorder in shared memory: written by one thread with plain stores, read by another at any time.
 *
 * Layout: [totals: Float64 × 8] [cells: Uint32 × 23 552]. The cells are the counts array of an HdrHistogram with 3 significant
 * digits from 1 µs to 1 h: values below 2 048 have a cell each, every further octave has 1 024. Zeroed memory is an empty recorder,
 * so neither side has to initialise it. A cell wraps at 2³²; its reader adds up differences (see `Histogram.fold`).
 */

/** Greatest value with a cell of its own, µs: one hour. What is above counts in the last cell and as clamped. */
export const MAX_RECORDED_US = 3_600_000_000;
export const RECORDER_CELLS = 23_552;
export const RECORDER_TOTALS = 8;
/** Bytes of one recorder, a multiple of a cache line. */
export const RECORDER_BYTES = RECORDER_TOTALS * 8 + RECORDER_CELLS * 4;

/**
 * Index of each total. `floor` and `ceiling` hold the exact extremes as distances, `ORIGIN − min` and `ORIGIN + max`, so that 0 says
 * "no sample yet".
 */
export const Total = { floor: 0, ceiling: 1, sum: 2, negative: 3, clamped: 4, rejected: 5 } as const;

/** Farther from zero than any sample, and small enough that both distances stay exact integers. */
export const ORIGIN = 2 ** 52;

/** The cell of an integer in 0 … MAX_RECORDED_US. */
export function cellOf(us: number): number {
  const octave = us < 2048 ? 0 : 21 - Math.clz32(us);
  return (octave << 10) + (us >>> octave);
}

/** Greatest value that falls into a cell. */
export function highestIn(cell: number): number {
  const octave = cell < 2048 ? 0 : (cell >>> 10) - 1;
  const steps = cell - octave * 1024;
  return (steps + 1) * 2 ** octave - 1;
}

/** The writing end. */
export class Recorder {
  readonly totals: Float64Array;
  readonly cells: Uint32Array;

  constructor(buffer: SharedArrayBuffer | ArrayBuffer, byteOffset: number) {
    this.totals = new Float64Array(buffer, byteOffset, RECORDER_TOTALS);
    this.cells = new Uint32Array(buffer, byteOffset + RECORDER_TOTALS * 8, RECORDER_CELLS);
  }

  /** Records one sample in whole µs. A negative one counts (in the cell of 0, with its exact value in sum and minimum). */
  record(us: number): void {
    this.recordMany(us, 1);
  }

  /** Records the same sample `count` times. */
  recordMany(us: number, count: number): void {
    const { totals, cells } = this;
    let cell = 0;
    if (us >= 0 && us <= MAX_RECORDED_US) {
      cell = cellOf(us);
    } else {
      if (!(Math.abs(us) < ORIGIN)) {
        totals[Total.rejected] = (totals[Total.rejected] as number) + count;
        return;
      }
      const kind = us < 0 ? Total.negative : Total.clamped;
      totals[kind] = (totals[kind] as number) + count;
      if (us > 0) cell = cellOf(MAX_RECORDED_US);
    }
    if (ORIGIN - us > (totals[Total.floor] as number)) totals[Total.floor] = ORIGIN - us;
    if (ORIGIN + us > (totals[Total.ceiling] as number)) totals[Total.ceiling] = ORIGIN + us;
    totals[Total.sum] = (totals[Total.sum] as number) + us * count;
    cells[cell] = (cells[cell] as number) + count;
  }
}

/** A recorder over `RECORDER_BYTES` of shared memory at `byteOffset`, a multiple of 8. */
export function createRecorder(buffer: SharedArrayBuffer, byteOffset: number): Recorder {
  return new Recorder(buffer, byteOffset);
}
