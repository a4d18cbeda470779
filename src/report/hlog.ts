import { encodeHdr } from '../metrics/hdr-encoding.ts';
import { Histogram } from '../metrics/histogram.ts';
import type { IntervalName } from '../metrics/result.ts';
import { resultFormats } from '../metrics/result-formats.ts';
import { eachCell, type PackedSamples } from '../wire/samples.ts';
import type { Evidence } from './evidence.ts';
import type { ReportFormat } from './format.ts';

const intervals: readonly IntervalName[] = ['responseTime', 'serviceTime', 'clientWait', 'scheduleLag', 'endToEnd'];
const US_PER_MS = 1000;

/**
 * The latencies of every stretch in the log format of HdrHistogram, version 1.3: µs, tagged by interval, V2 compressed. Its readers add the
 * stretches up or compare them.
 */
export const hlog: ReportFormat = {
  name: 'hlog',
  extension: 'hlog',
  file: resultFormats.hlog,
  readsFiles: true,
  *render({ run }, { timeline, startWallUs }) {
    const start = (startWallUs ?? Date.parse(run.startedAt) * 1000) / 1e6;
    yield '#[Latencies in microseconds, by iotload]\n#[Histogram log format version 1.3]\n';
    yield `#[StartTime: ${start.toFixed(3)} (seconds since epoch), ${new Date(start * 1000).toISOString()}]\n`;
    yield `#[BaseTime: ${start.toFixed(3)} (seconds since epoch)]\n`;
    yield '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';
    for (const { fromUs, toUs, intervals: samples } of timeline?.distributions ?? []) {
      for (const interval of intervals) {
        const histogram = histogramOf([samples[interval]]);
        if (histogram.count === 0) continue;
        const [from, length, max] = [fromUs / 1e6, (toUs - fromUs) / 1e6, histogram.max / US_PER_MS];
        yield `Tag=${interval},${from.toFixed(3)},${length.toFixed(3)},${max.toFixed(3)},${encodeHdr(histogram)}\n`;
      }
    }
  },
};

/** The distribution of one interval over all of a run. */
export function wholeOf({ timeline }: Evidence, interval: IntervalName): Histogram {
  return histogramOf((timeline?.distributions ?? []).map(({ intervals: samples }) => samples[interval]));
}

function histogramOf(parts: readonly PackedSamples[]): Histogram {
  const all = new Histogram();
  for (const part of parts) {
    eachCell(part, (cell, count) => all.addToCell(cell, count));
    all.gain(part);
  }
  return all;
}
