import { Histogram } from '../metrics/histogram.ts';
import type { LatencySummary } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { sentIntervals } from '../wire/sent-record.ts';
import type { SettledRun } from './settled-run.ts';

type Interval = (typeof sentIntervals)[number] | 'endToEnd';
const intervals: readonly Interval[] = [...sentIntervals, 'endToEnd'];

/**
 * The latencies of a run as its files hold them: over everything, and by fleet. `groups` are the places of each fleet in the plan, where a
 * fleet may stand more than once; default each for itself.
 */
export function latenciesOf(
  { sent, seen }: Pick<SettledRun, 'sent' | 'seen'>,
  groups: readonly (readonly number[])[] = sent.fleets.map((_, place) => [place]),
): {
  whole: LatencySummary;
  fleets: LatencySummary[];
} {
  const fleets = sent.fleets.map(({ samples }, fleet) =>
    intervals.map((_, i) => Histogram.of(i < samples.length ? samples[i] : seen?.fleets[fleet]?.endToEnd)),
  );
  const sumOf = (places: readonly number[]): Histogram[] =>
    intervals.map((_, i) => {
      const sum = new Histogram();
      for (const place of places) sum.add(fleets[place]?.[i] as Histogram);
      return sum;
    });
  return {
    whole: summarised(sumOf([...fleets.keys()])),
    fleets: groups.map((places) => summarised(sumOf(places))),
  };
}

/** The latencies of each target, in the plan's order: of what was sent to it, and from there to where it was read back as what is judged. */
export function targetLatencies(plan: Plan, { sent, seen, readings }: SettledRun): LatencySummary[] {
  return plan.targets.map((_, target) => {
    const senders = sent.fleets.filter((_, place) => plan.fleets[place]?.target === target);
    const read =
      readings === undefined ? seen : readings.find(({ reading }) => !reading.tap && reading.target === target)?.seen;
    return summarised(
      intervals.map((_, i) => {
        const sum = new Histogram();
        const parts =
          i < sentIntervals.length
            ? senders.map(({ samples }) => samples[i])
            : (read?.fleets ?? []).map(({ endToEnd }) => endToEnd);
        for (const samples of parts) sum.add(Histogram.of(samples));
        return sum;
      }),
    );
  });
}

function summarised(histograms: readonly Histogram[]): LatencySummary {
  const figures = intervals.map((interval, i) => [interval, (histograms[i] as Histogram).summarise()]);
  return { unit: 'us', ...Object.fromEntries(figures) } as LatencySummary;
}
