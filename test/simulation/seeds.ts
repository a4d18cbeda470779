import { simulateSeed } from './simulate-seed.ts';
import { none, type Twist } from './twist.ts';

/** What became of many seeds. */
export interface Totals {
  seeds: number;
  events: number;
  simulatedSeconds: number;
  verdicts: Record<string, number>;
  faults: Record<string, number>;
  /** A line and more for each seed with a wrong answer. */
  wrong: string[];
}

/** Runs one seed after the other as long as `goesOn`. */
export async function simulateSeeds(
  seeds: Iterable<number>,
  goesOn: (totals: Totals) => boolean = () => true,
  twist: Twist = none,
): Promise<Totals> {
  const totals: Totals = { seeds: 0, events: 0, simulatedSeconds: 0, verdicts: {}, faults: {}, wrong: [] };
  for (const seed of seeds) {
    if (!goesOn(totals)) break;
    const { events, simulatedUs, verdict, faults, wrong } = await simulateSeed(seed, twist);
    totals.seeds++;
    totals.events += events;
    totals.simulatedSeconds += simulatedUs / 1e6;
    totals.verdicts[`${verdict}`] = (totals.verdicts[`${verdict}`] ?? 0) + 1;
    for (const [kind, count] of faults) totals.faults[kind] = (totals.faults[kind] ?? 0) + count;
    if (wrong.length > 0) {
      totals.wrong.push(
        `seed=${seed}, see it with: npm run simulate -- --seed ${seed}\n  ${wrong.slice(0, 8).join('\n  ')}`,
      );
    }
  }
  return totals;
}

/** The first `count` seeds from there on that are wanted: all, unless `wanted` says otherwise. */
export function* seedsFrom(
  from: number,
  count = Number.POSITIVE_INFINITY,
  wanted: (seed: number) => boolean = () => true,
): Generator<number> {
  let left = count;
  for (let seed = from; left > 0; seed++) {
    if (!wanted(seed)) continue;
    left--;
    yield seed;
  }
}

/** Totals as a user of the simulation sees them. */
export function describeTotals({ seeds, events, simulatedSeconds, verdicts, faults, wrong }: Totals): string {
  const listed = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return [
    `${seeds} seeds, ${events} events, ${Math.round(simulatedSeconds)} simulated seconds: ${wrong.length} wrong`,
    `verdicts: ${listed(verdicts)}`,
    `faults: ${listed(faults)}`,
  ].join('\n');
}
