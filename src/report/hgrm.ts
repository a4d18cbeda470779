import { toHdr } from '../metrics/hdr-encoding.ts';
import { resultFormats } from '../metrics/result-formats.ts';
import type { ReportFormat } from './format.ts';
import { wholeOf } from './hlog.ts';

const US_PER_MS = 1000;

/** The response time as a percentile distribution, in ms, as HdrHistogram's plotter takes it. */
export const hgrm: ReportFormat = {
  name: 'hgrm',
  extension: 'hgrm',
  file: resultFormats.hgrm,
  readsFiles: true,
  *render(_, evidence) {
    yield toHdr(wholeOf(evidence, 'responseTime')).outputPercentileDistribution(undefined, US_PER_MS);
  },
};
