import { growthOf, steepest } from '../metrics/growth.ts';
import type { Growth, IntervalName } from '../metrics/result.ts';
import type { Stretch } from '../report/timeline/timeline.ts';
import type { StepOutcome } from './search.ts';

const SECONDS_PER_HOUR = 3600;
/** Of these the wait of an event shows: until it was acknowledged, and until it was seen. */
const waits: readonly IntervalName[] = ['responseTime', 'endToEnd'];

/** How much longer an event waited from second to second, by the medians of these stretches; null where they are too few. */
export function lagGrowth(stretches: readonly Stretch[]): StepOutcome['lagGrowth'] {
  const growths = waits.map((interval): Growth | null =>
    growthOf(
      stretches.flatMap(({ toUs: atUs, latency }) => {
        const { p50 } = latency[interval];
        return p50 === null ? [] : [{ atUs, value: p50 / 1e6 }];
      }),
    ),
  );
  const growth = steepest(growths);
  if (growth === null) return null;
  return {
    perSecond: growth.perHour / SECONDS_PER_HOUR,
    low: growth.low / SECONDS_PER_HOUR,
    high: growth.high / SECONDS_PER_HOUR,
  };
}
