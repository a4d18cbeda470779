import type { Clock, Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { total } from '../core/total.ts';
import { formatDuration } from '../core/units.ts';
import { type EventSize, estimatePlan } from '../plan/estimate.ts';
import type { Plan } from '../plan/plan.ts';

/** When the shards of a run start, as it was asked for; `null` for both: some minutes from now. */
export interface StartRequest {
  startAtUs: Micros | null;
  startInUs: Micros | null;
}

const DEFAULT_LEAD_US = 300_000_000;

/**
 * When the shards of a run start. Before they can, they are submitted, started and connected: what leaves less than `leastUs` and the time that
 * the connections take is refused.
 *
 * @throws IotloadError `bad-arguments`
 */
export function startOf(
  { startAtUs, startInUs }: StartRequest,
  plan: Plan,
  sizes: readonly EventSize[],
  leastUs: Micros,
  clock: Pick<Clock, 'wallUs'>,
): { startAtUs: Micros; leadUs: Micros } {
  const connectingUs = connectingTimeUs(plan, sizes);
  const nowUs = clock.wallUs();
  // Whole seconds are easier to read.
  const chosenUs = Math.ceil((nowUs + (startInUs ?? DEFAULT_LEAD_US + connectingUs)) / 1e6) * 1e6;
  const atUs = startAtUs ?? chosenUs;
  const leadUs = atUs - nowUs;
  if (leadUs >= leastUs + connectingUs) return { startAtUs: atUs, leadUs };
  const least = formatDuration(Math.ceil((leastUs + connectingUs) / 1e6) * 1e6);
  throw new IotloadError('bad-arguments', `shards that have to be started and connected first need ${least} at least`, {
    where: startAtUs === null ? '--start-in' : '--start-at',
    value: startAtUs === null ? formatDuration(startInUs ?? 0) : new Date(startAtUs / 1000).toISOString(),
    hint: 'leave it out for five minutes from now',
  });
}

/** How long the targets' connections take that are made at a bounded rate, all shards together. */
function connectingTimeUs(plan: Plan, sizes: readonly EventSize[]): Micros {
  const { fleets } = estimatePlan(plan, sizes, 1);
  const times = plan.targets.map(({ name, options }) => {
    const perSecond = options['connectPerSecond'];
    if (typeof perSecond !== 'number' || perSecond <= 0) return 0;
    const own = fleets.filter(({ target }) => target === name).map(({ connections }) => connections ?? 0);
    const all = options['connections'] === 'per_device' ? total(own, (count) => count) : Math.max(0, ...own);
    return Math.ceil((all / perSecond) * 1e6);
  });
  return Math.max(0, ...times);
}
