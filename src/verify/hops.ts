import { total } from '../core/total.ts';
import type { HopResult } from '../metrics/result.ts';
import { flowTo, type HopPath, hopName, pathOf, type Stop } from './hop-path.ts';
import type { SettledReading } from './settle-readings.ts';

/**
 * What passed each hop, in the order of the ways: from where events were sent, past the taps, to where they are read. A run without a
 * bridge and without taps has none. Pure.
 */
export function hopsOf(readings: readonly SettledReading[]): HopResult[] {
  const hops = new Map<string, Passage[]>();
  for (const own of readings) {
    if (own.reading.tap) continue;
    for (const place of own.reading.fleets) {
      const path = pathOf(own, readings, place);
      if (path.stops.length === 1 && path.from === 'sent') continue;
      for (const stop of path.stops.keys()) {
        const name = hopName(path, stop);
        const passages = hops.get(name) ?? [];
        hops.set(name, passages);
        // Two targets behind one tap share the hop to the tap.
        if (!passages.some((passage) => passage.place === place)) passages.push({ own, place, path, stop });
      }
    }
  }
  return [...hops].map(([name, passages]) => hopResult(name, passages as [Passage, ...Passage[]], readings));
}

/** A fleet that passes a hop, on its way to where `own` reads it. */
interface Passage {
  own: SettledReading;
  /** Of the fleet, in the run's plan. */
  place: number;
  path: HopPath;
  /** Behind the hop. */
  stop: number;
}

function hopResult(
  name: string,
  passages: readonly [Passage, ...Passage[]],
  readings: readonly SettledReading[],
): HopResult {
  const [from, to] = name.split(' → ') as [string, string];
  const { own, path, stop } = passages[0];
  const at = readingOf((path.stops[stop] as Stop).name, own, readings);
  const before = stop === 0 ? null : readingOf((path.stops[stop - 1] as Stop).name, own, readings);
  const doubts = [before, at].flatMap((read) => {
    if (read === null) return [];
    return (read.seen?.end?.doubts ?? ['its reader did not finish']).map((doubt) => `${read.reading.name}: ${doubt}`);
  });
  const nameless = ({ path: { stops }, stop: behind }: Passage): boolean =>
    stops[behind]?.named === false || stops[behind - 1]?.named === false;
  const paths = passages.map((passage) => passage.path);
  if (passages.some(nameless)) return counted(from, to, paths, before, at, doubts);
  const flows = passages.map((passage) => flowTo(passage.path, passage.stop));
  const sum = (key: keyof (typeof flows)[number]): number => total(flows, (flow) => flow[key]);
  const overlooked = sum('overlooked');
  return {
    from,
    to,
    proof: 'identity',
    entered: sum('entered'),
    arrived: sum('arrived'),
    lost: sum('lost'),
    duplicates: before === null ? (at.settlement.delivery.duplicates ?? 0) : sum('duplicates'),
    corrupt: sum('corrupt'),
    notes: [
      ...(overlooked === 0 ? [] : [`${overlooked} events passed the reader of ${to} unseen and arrived behind it`]),
      ...doubts,
    ],
  };
}

function readingOf(name: string, own: SettledReading, readings: readonly SettledReading[]): SettledReading {
  return readings.find(({ reading }) => reading.name === name) ?? own;
}

/** Without an identity there are only counts, and losses and duplicates cancel out in them. */
function counted(
  from: string,
  to: string,
  paths: readonly HopPath[],
  before: SettledReading | null,
  at: SettledReading,
  doubts: readonly string[],
): HopResult {
  const taken = total(paths, ({ sent }) => sent.acked.count + sent.noAck.count);
  // Without an identity it is not known of what a tap has seen which of it was on its way here.
  const all = before?.reading.fleets.every((place) => at.reading.fleets.includes(place)) ?? false;
  const entered = before === null || !all ? taken : arrivalsAt(before);
  const arrived = arrivalsAt(at);
  const fewer = entered - arrived;
  const difference =
    fewer === 0
      ? 'as many arrived as entered'
      : fewer > 0
        ? `${fewer} fewer arrived than entered: at least so many were lost`
        : `${-fewer} more arrived than entered: at least so many are copies`;
  return {
    from,
    to,
    proof: 'counts',
    entered,
    arrived,
    lost: null,
    duplicates: null,
    corrupt: null,
    notes: [
      difference,
      'the events carry no identity here: which ones were lost, doubled, altered or reordered, and whether losses and copies cancel out, cannot be proved',
      ...doubts,
    ],
  };
}

/** Everything at a stop that may be ours: what carried no identity, and what did. */
function arrivalsAt({ seen }: SettledReading): number {
  if (seen === null) return 0;
  return (
    seen.unattributed.unidentified + total(seen.fleets, ({ fresh, copies, corrupt }) => fresh.count + copies + corrupt)
  );
}
