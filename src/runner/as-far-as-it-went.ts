import type { Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import type { EventCounts, RunResult } from '../metrics/result.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import type { Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';

/** A generator may be this late, so what was due less than this before a stop may be left over by nobody's fault. */
const STOP_US = 20_000;

/**
 * A run that ended before its time as thresholds see it: what was not due by then was not intended, so that a share is one of what could
 * happen, and a target rate that of the time it had. Pure.
 */
export function asFarAsItWent(plan: Plan, shard: Part, run: MeasuredRun, endedUs: Micros): MeasuredRun {
  const paced = plan.clock.speed !== 'max';
  const notDue = plan.fleets.map(({ devices, slots, schedule }) => {
    const due = paced ? Math.min(slots, createSchedule(schedule).dueBy(Math.max(0, endedUs - STOP_US))) : 0;
    const ordinals = new PartOrdinals(shard, devices);
    return ordinals.below(slots) - ordinals.below(due);
  });
  const cut = <T extends { events: EventCounts; rate?: RunResult['rate'] | undefined }>(
    scope: T,
    places: readonly number[],
  ): T => {
    const { events } = scope;
    const later = Math.min(
      events.notSent,
      places.reduce((sum, place) => sum + (notDue[place] ?? 0), 0),
    );
    const intended = events.intended - later;
    const rate = scope.rate && {
      ...scope.rate,
      targetPerSecond: endedUs === 0 || !paced ? 0 : (intended * 1e6) / endedUs,
    };
    return { ...scope, events: { ...events, intended, notSent: events.notSent - later }, ...(rate && { rate }) };
  };
  const places = [...plan.fleets.keys()];
  const groups = fleetGroups(plan);
  const readings = readingsOf(plan);
  return {
    ...cut(run, places),
    fleets: run.fleets.map((fleet, i) => cut(fleet, groups[i] ?? [])),
    targets: run.targets.map((target, index) => {
      const senders = places.filter((place) => plan.fleets[place]?.target === index);
      const read = readings.find((reading) => reading.target === index)?.fleets ?? [];
      return cut(target, senders.length > 0 ? senders : read);
    }),
  };
}
