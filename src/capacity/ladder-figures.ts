import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import { Histogram } from '../metrics/histogram.ts';
import type { EventCounts, LatencySummary } from '../metrics/result.ts';
import { type LadderPlan, levelWindow } from '../plan/ladder.ts';
import type { Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { runFiles } from '../runner/run-directory.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { eachSeenMoment, eachSentMoment } from '../wire/moments.ts';
import { addPacked, emptySamples, type Samples } from '../wire/samples.ts';
import { type SentCounter, sentCounters } from '../wire/sent-counters.ts';
import { sentIntervals } from '../wire/sent-record.ts';

/** What one place of the plan, a fleet on its way to a target, did while a load was judged. */
export interface PlaceFigures {
  /** Slots that were due, and seconds between the first and the last moment that are known. */
  due: number;
  seconds: number;
  counts: Record<SentCounter, number>;
  /** As `sentIntervals`, then end to end. */
  samples: Samples[];
}

/**
 * What was done at each load of a ladder, by its place in the plan, as the files of its run tell to about a second.
 * @throws IotloadError `file-unreadable`, `file-corrupt`
 */
export async function ladderFigures(
  dir: string,
  plan: Plan,
  ladder: LadderPlan,
  anchor: Anchor,
): Promise<PlaceFigures[][]> {
  const windows = ladder.levels.map((_, index) => levelWindow(ladder, index));
  const profiles = plan.fleets.map(({ schedule }) => createSchedule(schedule));
  const levels = windows.map(() => plan.fleets.map(nothing));
  const levelOf = (fromUs: number, toUs: number): PlaceFigures[] | undefined =>
    levels[windows.findIndex((window) => fromUs >= window.fromUs && toUs <= window.toUs)];
  let [beforeUs, before] = [0, plan.fleets.map(() => sentCounters.map(() => 0))];
  await eachSentMoment(join(dir, runFiles.sent), ({ atUs, fleets }, samples) => {
    for (const [place, figures] of levelOf(beforeUs, atUs)?.entries() ?? []) {
      const profile = profiles[place] as (typeof profiles)[number];
      figures.due += profile.dueBy(atUs) - profile.dueBy(beforeUs);
      figures.seconds += (atUs - beforeUs) / 1e6;
      for (const [i, name] of sentCounters.entries())
        figures.counts[name] += (fleets[place]?.[i] ?? 0) - (before[place]?.[i] ?? 0);
      for (const [i, more] of (samples[place] ?? []).entries()) addPacked(figures.samples[i] as Samples, more);
    }
    [beforeUs, before] = [atUs, fleets];
  });
  for (const reading of readingsOf(plan).filter(({ tap }) => !tap)) {
    let readUs = 0;
    await eachSeenMoment(join(dir, reading.file), ({ wallUs }, endToEnd) => {
      const atUs = wallUs - anchor.startWallUs;
      const level = levelOf(readUs, atUs);
      for (const [i, more] of endToEnd.entries()) {
        const into = level?.[placeOf(plan, reading.plan.fleets[i]?.name, reading.target)]?.samples.at(-1);
        if (into !== undefined) addPacked(into, more);
      }
      readUs = atUs;
    });
  }
  return levels;
}

/** Where a fleet stands that is read at a target: on its way there, or else on its first one. */
function placeOf({ fleets }: Plan, fleet: string | undefined, target: number): number {
  const direct = fleets.findIndex((each) => each.name === fleet && each.target === target);
  return direct >= 0 ? direct : fleets.findIndex(({ name }) => name === fleet);
}

function nothing(): PlaceFigures {
  const counts = Object.fromEntries(sentCounters.map((name) => [name, 0])) as Record<SentCounter, number>;
  return { due: 0, seconds: 0, counts, samples: [...sentIntervals, 'endToEnd'].map(() => emptySamples()) };
}

/** Figures of some places together, as a result has them. What is still on its way is not counted as intended. */
export function figuresTogether(places: readonly PlaceFigures[]): {
  events: EventCounts;
  rate: { targetPerSecond: number; achievedPerSecond: number };
  latency: LatencySummary;
} {
  const sum = (name: SentCounter): number => places.reduce((all, { counts }) => all + counts[name], 0);
  const [acked, rejected, unknown, noAck, notSent] = (
    ['acked', 'rejected', 'unknown', 'noAck', 'notSent'] as const
  ).map(sum) as [number, number, number, number, number];
  const sent = acked + rejected + unknown + noAck;
  const seconds = Math.max(...places.map((place) => place.seconds));
  const due = places.reduce((all, place) => all + place.due, 0);
  const names = [...sentIntervals, 'endToEnd'] as const;
  const latencies = names.map((name, i) => {
    const all = new Histogram();
    for (const { samples } of places) all.add(Histogram.of(samples[i]));
    return [name, all.summarise()];
  });
  return {
    events: { intended: sent + notSent, notSent, sent, acked, rejected, unknown, noAck, attempts: sent },
    rate: {
      targetPerSecond: seconds === 0 ? 0 : due / seconds,
      achievedPerSecond: seconds === 0 ? 0 : sum('sent') / seconds,
    },
    latency: { unit: 'us', ...Object.fromEntries(latencies) } as LatencySummary,
  };
}
