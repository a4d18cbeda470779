import { Histogram } from '../metrics/histogram.ts';
import type { LatencySummary } from '../metrics/result.ts';
import { sentIntervals } from '../wire/sent-record.ts';
import type { SettledRun } from './settled-run.ts';

type Interval = (typeof sentIntervals)[number] | 'endToEnd';
const intervals: readonly Interval[] = [...sentIntervals, 'endToEnd'];

/** The latencies of a run as its files hold them: over everything, and by fleet. */
export function latenciesOf({ sent, seen }: Pick<SettledRun, 'sent' | 'seen'>): {
  whole: LatencySummary;
  fleets: LatencySummary[];
} {
  const fleets = sent.fleets.map(({ samples }, fleet) =>
    intervals.map((_, i) => Histogram.of(i < samples.length ? samples[i] : seen?.fleets[fleet]?.endToEnd)),
  );
  const whole = intervals.map((_, i) => {
    const sum = new Histogram();
    for (const histograms of fleets) sum.add(histograms[i] as Histogram);
    return sum;
  });
  return { whole: summarised(whole), fleets: fleets.map(summarised) };
}

function summarised(histograms: readonly Histogram[]): LatencySummary {
  const figures = intervals.map((interval, i) => [interval, (histograms[i] as Histogram).summarise()]);
  return { unit: 'us', ...Object.fromEntries(figures) } as LatencySummary;
}
