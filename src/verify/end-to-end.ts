import type { Histogram } from '../metrics/histogram.ts';
import { createRecorder, RECORDER_BYTES, type Recorder } from '../metrics/recorder.ts';
import { RecorderReader } from '../metrics/recorder-reader.ts';
import { addTotals, emptySamples, type Samples } from '../wire/samples.ts';

/** End-to-end times of one fleet: recorded on the hot path, gathered second by second, handed to the `seen` file with each moment. */
export class EndToEnd {
  readonly recorder: Recorder = createRecorder(new SharedArrayBuffer(RECORDER_BYTES), 0);
  readonly #reader = new RecorderReader(this.recorder);
  #gathered = emptySamples();

  /** Gathers what was recorded since the previous call; adds it to `sum` too. */
  fold(sum: Histogram): void {
    const { cells } = this.#gathered;
    const gain = this.#reader.read((cell, gained) => {
      cells.set(cell, (cells.get(cell) ?? 0) + gained);
      sum.addToCell(cell, gained);
    });
    sum.gain(gain);
    addTotals(this.#gathered, gain);
  }

  /** What was gathered since the previous call. */
  take(): Samples {
    const gathered = this.#gathered;
    this.#gathered = emptySamples();
    return gathered;
  }
}
