import type { Micros } from '../core/clock.ts';
import type { MetricName } from '../metrics/metric.ts';
import type { Plan } from './plan.ts';
import { readingsOf } from './readings.ts';
import type { ResolvedFleet } from './resolve-fleet.ts';

/** What a run can judge. Scopes are names of fleets and targets; null for the whole run. */
export interface RunExtent {
  /** Events intended within the measurement whose time is taken. */
  samples(scope: string | null, metric: MetricName): number;
  /** Why what arrived there is not known; null where it is. */
  unread(scope: string | null): string | null;
  /** Whether what was read back there is told by one reader alone while the run is sending, and of nothing else. */
  toldAlone(scope: string | null): boolean;
  /** Events are due at times that a clock of this host knows; not where `clock.speed` is `max`. */
  paced: boolean;
  warmUpUs: Micros;
  durationUs: Micros;
  /** Slot time at which sending is over: that of warm-up and duration, or of the last event where those end before. */
  endUs: Micros;
}

/** A run that can judge anything. */
export const boundless: RunExtent = {
  samples: () => Number.POSITIVE_INFINITY,
  unread: () => null,
  toldAlone: () => true,
  paced: true,
  warmUpUs: 0,
  durationUs: Number.MAX_SAFE_INTEGER,
  endUs: Number.POSITIVE_INFINITY,
};

/** What fleets with so many `slots` each can judge; `plan` null where something in it is wrong, and what is read back not known. */
export function extentOf(
  fleets: readonly ResolvedFleet[],
  slots: readonly number[],
  targetNames: readonly string[],
  plan: Plan | null,
  run: Pick<RunExtent, 'warmUpUs' | 'durationUs' | 'paced'>,
): RunExtent {
  const { warmUpUs, durationUs } = run;
  const measured = new Map(
    fleets.map(({ plan: { name }, profile }, i) => [name, Math.max(0, (slots[i] as number) - profile.dueBy(warmUpUs))]),
  );
  const ends = fleets.map(({ profile }, i) =>
    Math.min(profile.timeOf(slots[i] as number), profile.endUs ?? Number.POSITIVE_INFINITY),
  );
  const readings = plan === null ? [] : readingsOf(plan);
  const sent = fleets.flatMap(({ plan: { name }, ways }) =>
    ways.map(({ target }) => ({ fleet: name, target: targetNames[target] })),
  );
  const judged = readings.filter(({ tap }) => !tap);
  const seen = judged.flatMap(({ name: target, plan: { fleets: read } }) =>
    read.map(({ name }) => ({ fleet: name, target })),
  );
  return {
    ...run,
    endUs: Math.min(warmUpUs + durationUs, Math.max(0, ...ends)),
    samples(scope, metric) {
      const ways = metric === 'end_to_end' && plan !== null ? seen : sent;
      return ways
        .filter(({ fleet, target }) => scope === null || scope === fleet || scope === target)
        .reduce((sum, { fleet }) => sum + (measured.get(fleet) ?? 0), 0);
    },
    toldAlone(scope) {
      if (plan === null) return true;
      const own = judged.filter(({ name }) => scope === null || !targetNames.includes(scope) || name === scope);
      const names = new Set(seen.map(({ fleet }) => fleet));
      return own.length === 1 && (scope === null || targetNames.includes(scope) || names.size === 1);
    },
    unread(scope) {
      if (plan === null) return null;
      if (plan.verify === null) return 'not known without verification';
      const known = ({ fleet, target }: (typeof seen)[number]): boolean => scope === fleet || scope === target;
      if (scope === null || seen.some(known)) return null;
      if (!targetNames.includes(scope)) return `not known of ${scope}, because nothing that it sends is read back`;
      return readings.some(({ name, tap }) => tap && name === scope)
        ? `not judged at ${scope}, which is only a tap`
        : `not known at ${scope}, which is not read back`;
    },
  };
}
