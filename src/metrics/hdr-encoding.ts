import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type JsHistogram } from 'hdr-histogram-js';
import { IotloadError } from '../core/errors.ts';
import { Histogram } from './histogram.ts';
import { highestIn, MAX_RECORDED_US, RECORDER_CELLS } from './recorder.ts';

/** 32-bit counts wrap without a word. */
const BITS = 64;
const DIGITS = 3;

/** HdrHistogram's V2 compressed encoding in base64, which other tools read. Loses the exact extremes and sum; keep those beside it. */
export function encodeHdr(histogram: Histogram): string {
  return encodeIntoCompressedBase64(toHdr(histogram));
}

/** A histogram of the hdr-histogram-js library with the same counts. */
export function toHdr(histogram: Histogram): JsHistogram {
  const hdr = build({
    bitBucketSize: BITS,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_RECORDED_US,
    numberOfSignificantValueDigits: DIGITS,
  }) as JsHistogram;
  for (let cell = 0; cell < RECORDER_CELLS; cell++) {
    const count = histogram.counts[cell] as number;
    if (count > 0) hdr.recordValueWithCount(Math.min(highestIn(cell), MAX_RECORDED_US), count);
  }
  return hdr;
}

/**
 * Reads an encoded histogram. Extremes and sum are those of the cells' upper edges.
 * @throws IotloadError `file-corrupt` when the text is not such an encoding or has another range or precision.
 */
export function decodeHdr(text: string): Histogram {
  let hdr: JsHistogram;
  try {
    hdr = decodeFromCompressedBase64(text, BITS) as JsHistogram;
  } catch (cause) {
    throw new IotloadError('file-corrupt', 'a histogram cannot be decoded', { value: text.slice(0, 40), cause });
  }
  const { numberOfSignificantValueDigits: digits, lowestDiscernibleValue: unit, highestTrackableValue: limit } = hdr;
  if (digits !== DIGITS || unit !== 1 || limit > highestIn(RECORDER_CELLS - 1)) {
    throw new IotloadError('file-corrupt', 'a histogram has another range or precision', {
      value: `${digits} digits, ${unit} … ${limit}`,
    });
  }
  const histogram = new Histogram();
  for (let cell = 0; cell < hdr.countsArrayLength; cell++) {
    const count = hdr.getCountAtIndex(cell);
    if (count > 0) histogram.record(Math.min(highestIn(cell), MAX_RECORDED_US), count);
  }
  return histogram;
}
