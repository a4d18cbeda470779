import { total } from '../core/total.ts';
import { addSamples } from '../wire/samples.ts';
import { emptyArrivals, type SeenEnd, type SeenRecord } from '../wire/seen-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import type { SettledReading } from './settle-readings.ts';

/**
 * What all readings saw as one record over the fleets of the run's plan, for what is told of the whole: times, health, doubts. Its sets of
 * slots are empty, since the same event was seen at several places. null where nothing was read back. Taps count for the health alone.
 */
export function uniteSeen(sent: SentRecord, readings: readonly SettledReading[]): SeenRecord | null {
  const records = readings.flatMap(({ seen }) => (seen === null ? [] : [seen]));
  if (records.length === 0) return null;
  const judged = readings.filter(({ reading }) => !reading.tap);
  const sum = (key: keyof SeenRecord['unattributed']): number =>
    total(judged, ({ seen }) => seen?.unattributed[key] ?? 0);
  return {
    header: sent.header,
    end: uniteEnds(readings),
    tornBytes: total(records, ({ tornBytes }) => tornBytes),
    resumptions: total(records, ({ resumptions }) => resumptions),
    resumeAt: 0,
    positions: null,
    unattributed: {
      received: sum('received'),
      foreign: sum('foreign'),
      unidentified: sum('unidentified'),
      corrupt: sum('corrupt'),
    },
    fleets: sent.fleets.map((_, place) => {
      const arrivals = emptyArrivals();
      for (const { reading, seen } of judged) {
        const own = seen?.fleets[reading.fleets.indexOf(place)];
        if (own !== undefined) addSamples(arrivals.endToEnd, own.endToEnd);
      }
      return arrivals;
    }),
  };
}

/** null unless everybody who is judged came to the end. */
function uniteEnds(readings: readonly SettledReading[]): SeenEnd | null {
  if (readings.some(({ reading, seen }) => !reading.tap && (seen?.end ?? null) === null)) return null;
  const ends = readings.flatMap(({ reading, seen }) =>
    seen?.end === undefined || seen.end === null ? [] : [{ name: reading.name, tap: reading.tap, end: seen.end }],
  );
  const judged = ends.filter(({ tap }) => !tap);
  const dropped = ends.flatMap(({ end }) => (end.source.brokerDropped === null ? [] : [end.source.brokerDropped]));
  const named = (of: readonly (typeof ends)[number][], sentences: (end: SeenEnd) => readonly string[]): string[] =>
    of.flatMap(({ name, end }) => sentences(end).map((sentence) => `${name}: ${sentence}`));
  return {
    complete: judged.every(({ end }) => end.complete),
    source: {
      gaps: total(judged, ({ end }) => end.source.gaps),
      fullReads: total(judged, ({ end }) => end.source.fullReads),
      brokerDropped: dropped.length === 0 ? null : total(dropped, (count) => count),
    },
    cpuSeconds: total(ends, ({ end }) => end.cpuSeconds),
    peakRssBytes: total(ends, ({ end }) => end.peakRssBytes),
    doubts: named(judged, ({ doubts }) => doubts),
    signals: [
      ...named(ends, ({ signals }) => signals),
      // What a tap may have missed is told with its hops; it is no doubt about what is judged.
      ...named(
        ends.filter(({ tap }) => tap),
        ({ doubts }) => doubts,
      ),
    ],
    clockJumps: ends.flatMap(({ end }) => end.clockJumps ?? []),
  };
}
