import type { Histogram } from '../metrics/histogram.ts';
import { createRecorder, RECORDER_BYTES, type Recorder } from '../metrics/recorder.ts';
import { RecorderReader } from '../metrics/recorder-reader.ts';
import { emptySamples, type Samples } from '../wire/samples.ts';

/** End-to-end times of one fleet: recorded on the hot path, handed to the `seen` file second by second. */
export class EndToEnd {
  readonly recorder: Recorder = createRecorder(new SharedArrayBuffer(RECORDER_BYTES), 0);
  readonly #reader = new RecorderReader(this.recorder);

  /** What was recorded since the previous call; added to `sum` too. */
  take(sum: Histogram): Samples {
    const samples = emptySamples();
    const gain = this.#reader.read((cell, gained) => {
      samples.cells.set(cell, gained);
      sum.addToCell(cell, gained);
    });
    sum.gain(gain);
    return Object.assign(samples, gain);
  }
}
