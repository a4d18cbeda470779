import { formatGrowth } from '../metrics/format-growth.ts';
import type { GrowthSummary, RunResult } from '../metrics/result.ts';

/** Shorter runs show what a process takes to get going, as if it were to take that again every hour. */
const LEAST_SECONDS = 600;

/** What a process took more of an hour, one text each; none where the run was too short to be asked. */
export function growthTexts(growth: GrowthSummary | undefined, { durationSeconds }: RunResult['run']): string[] {
  if (growth === undefined || durationSeconds < LEAST_SECONDS) return [];
  const { rss, descriptors, scheduleLag } = growth;
  return [
    ...(rss === null ? [] : [`memory ${formatGrowth('rss_growth', rss)}`]),
    ...(descriptors === null ? [] : [`descriptors ${formatGrowth('descriptor_growth', descriptors)}`]),
    ...(scheduleLag === null ? [] : [`mean schedule lag ${formatGrowth('schedule_lag_growth', scheduleLag)}`]),
  ];
}
