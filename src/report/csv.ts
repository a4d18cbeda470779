import type { IntervalName } from '../metrics/result.ts';
import { resultFormats } from '../metrics/result-formats.ts';
import type { ReportFormat } from './format.ts';
import type { Stretch } from './timeline/timeline.ts';

const intervals: readonly (readonly [IntervalName, string])[] = [
  ['responseTime', 'response_time'],
  ['serviceTime', 'service_time'],
  ['clientWait', 'client_wait'],
  ['scheduleLag', 'schedule_lag'],
  ['endToEnd', 'end_to_end'],
];

type Column = readonly [name: string, value: (stretch: Stretch) => number | null];

const columns: readonly Column[] = [
  ['from_s', ({ fromUs }) => fromUs / 1e6],
  ['to_s', ({ toUs }) => toUs / 1e6],
  ['due', ({ due }) => due],
  ['sent', ({ sent }) => sent],
  ['acked', ({ acked }) => acked],
  ['rejected', ({ rejected }) => rejected],
  ['unknown', ({ unknown }) => unknown],
  ['no_ack', ({ noAck }) => noAck],
  ['not_sent', ({ notSent }) => notSent],
  ['waiting', ({ waiting }) => waiting],
  ['received', ({ received }) => received],
  ['seen', ({ seen }) => seen],
  ['throttled', ({ throttled }) => throttled],
  ['disconnected', ({ disconnected }) => disconnected],
  ...intervals.flatMap(([interval, name]): Column[] => [
    [`${name}_p50_us`, ({ latency }) => latency[interval].p50],
    [`${name}_p99_us`, ({ latency }) => latency[interval].p99],
    [`${name}_max_us`, ({ latency }) => latency[interval].max],
  ]),
  ['generator_cpu', ({ cpu }) => rounded(cpu)],
  ['generator_busy', ({ busy }) => rounded(busy)],
  ['generator_rss_bytes', ({ rssBytes }) => rssBytes],
  ['generator_descriptors', ({ descriptors }) => descriptors],
  ['verifier_cpu', ({ verifierCpu }) => rounded(verifierCpu)],
  ['verifier_rss_bytes', ({ verifierRssBytes }) => verifierRssBytes],
];

/** The run over time, a line for each stretch, usually a second: counts of that stretch, empty where nobody knows. Numbers alone. */
export const csv: ReportFormat = {
  name: 'csv',
  extension: 'csv',
  file: resultFormats.csv,
  readsFiles: true,
  *render(_, { timeline }) {
    yield `${columns.map(([name]) => name).join(',')}\n`;
    for (const stretch of timeline?.stretches ?? []) {
      yield `${columns.map(([, value]) => value(stretch) ?? '').join(',')}\n`;
    }
  },
};

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
