import { formatMicros } from '../core/units.ts';
import { compare, latenciesOf, type MeasuredRun, statKey } from './evaluate-threshold.ts';
import { toleratedLagUs } from './generator-health.ts';
import type { IntervalName } from './result.ts';
import type { Threshold } from './threshold.ts';

const intervalOf: Readonly<Record<string, IntervalName>> = {
  response_time: 'responseTime',
  service_time: 'serviceTime',
  client_wait: 'clientWait',
  end_to_end: 'endToEnd',
};

/**
 * Why an upper bound on a latency that was broken accuses nobody: the generator was itself late at the same quantile, by more than is
 * tolerated, and without that the bound might have held. null where it was the target. A generator can be healthy at its p99 and still
 * make the worst of its events late.
 */
export function ownLateness(threshold: Threshold, run: MeasuredRun): string | null {
  const { metric, stat, operator, value } = threshold;
  const interval = intervalOf[metric];
  const latency = latenciesOf(threshold, run);
  if (interval === undefined || latency === null || stat === null || value.unit !== 'us') return null;
  const [observed, lag] = [latency[interval][statKey(stat)], latency.scheduleLag[statKey(stat)]];
  if (observed === null || lag === null || !operator.startsWith('<') || lag <= toleratedLagUs(value.amount))
    return null;
  if (!compare(observed - lag, operator, value.amount)) return null;
  return `the generator itself was ${formatMicros(lag)} late (schedule lag ${stat}): lower the rate, or give it more CPU or workers`;
}
