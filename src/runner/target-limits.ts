import type { ErrorTally } from '../engine/protocol.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { sizingsOf } from '../plan/sizing.ts';
import { sampleFleets } from './event-sizes.ts';

/** Ends of codes: what a target had no room for, and what it would need. */
const THROTTLED = '/throttled';
const NEEDS = '/needs';
/** Places that a reason names. */
const MOST_NAMED = 3;

/** What each target that had no room would need for this plan, as entries beside those of what it refused. */
export async function targetNeeds(
  plan: Plan,
  errors: readonly ErrorTally[],
  { runId, startWallUs, workers }: { runId: string; startWallUs: number; workers: number },
): Promise<ErrorTally[]> {
  const full = plan.targets.map(({ name }) => errors.find(({ code }) => code === name + THROTTLED));
  if (full.every((error) => error === undefined)) return [];
  const sizings = await sizingsOf(plan, sampleFleets(plan, runId, startWallUs), workers);
  return plan.targets.flatMap(({ name }, i) => {
    const needs = sizings[i]?.needs;
    if (full[i] === undefined || needs === undefined) return [];
    return [{ code: name + NEEDS, message: needs, count: 1, firstWallUs: full[i].firstWallUs }];
  });
}

/** A sentence for each target that had no room: where, how often, and what it would need. */
export function limitReasons(errors: RunResult['errors']): string[] {
  const full = new Map<string, RunResult['errors']>();
  for (const error of errors) {
    if (!error.code.endsWith(THROTTLED)) continue;
    const target = error.code.slice(0, -THROTTLED.length);
    full.set(target, [...(full.get(target) ?? []), error]);
  }
  return [...full].map(([target, places]) => {
    const sorted = [...places].sort((a, b) => b.count - a.count);
    const named = sorted
      .slice(0, MOST_NAMED)
      .map(({ message, count }) => `${message} ${count.toLocaleString('en')} times`);
    if (sorted.length > MOST_NAMED) named.push(`and ${sorted.length - MOST_NAMED} more`);
    const needs = errors.find(({ code }) => code === target + NEEDS)?.message;
    return `the limit was ${target}: no room at ${named.join(', ')}${needs === undefined ? '' : `; ${needs}`}`;
  });
}
