import type { RunResult } from '../metrics/result.ts';
import type { FindingKind } from '../verify/findings.ts';
import type { Expected } from './expected.ts';
import type { Truth } from './subject.ts';

/** A line of a run's findings. */
export interface NamedFinding {
  kind: FindingKind;
  slot: number;
}

/** Slots that are told of at most, where findings and truth differ. */
const MOST_TOLD = 5;

/** Every way in which a run's account of what it sent differs from what was done, one sentence each; empty for none. */
export function compareEvents(
  { events }: Pick<RunResult, 'events'>,
  expected: Expected,
  { came }: Pick<Truth, 'came'>,
): string[] {
  return [
    ...differingKeys('events', events, expected.events),
    // Counted by who passed the events on, where the figures above are counted by what was done to them.
    ...differingKeys('events', { sent: events.sent }, { sent: came }),
  ];
}

/** The same of its account of what arrived, and of the events that its findings name. */
export function compareDelivery(
  { delivery }: Pick<RunResult, 'delivery'>,
  findings: readonly NamedFinding[],
  expected: Expected,
  { passed }: Pick<Truth, 'passed'>,
): string[] {
  const wrong = [
    ...differingKeys('delivery', delivery, expected.delivery),
    ...differingKeys('delivery', { received: delivery.received }, { received: passed }),
  ];
  for (const kind of Object.keys(expected.findings) as FindingKind[]) {
    const named = findings.filter((finding) => finding.kind === kind).map(({ slot }) => slot);
    wrong.push(...differences(kind, named, expected.findings[kind]));
  }
  return wrong;
}

/** Accusations that a run makes of what a reader saw, and of what only a complete one can know, against the truth. */
export function compareAccusations({ delivery }: Pick<RunResult, 'delivery'>, expected: Expected): string[] {
  const { lost, duplicates, reordered, corrupt, phantom, foreign } = expected.delivery;
  return differingKeys('delivery', delivery, { lost, duplicates, reordered, corrupt, phantom, foreign });
}

/** Compares the keys of `truth`. */
function differingKeys<Counts extends object>(of: string, reported: Counts, truth: Partial<Counts>): string[] {
  return (Object.keys(truth) as (keyof Counts & string)[])
    .filter((key) => reported[key] !== truth[key])
    .map((key) => `${of}.${key}: ${reported[key]} reported, ${truth[key]} in truth`);
}

function differences(kind: FindingKind, named: readonly number[], touched: readonly number[]): string[] {
  const [namedSet, touchedSet] = [new Set(named), new Set(touched)];
  const unnamed = touched.filter((slot) => !namedSet.has(slot));
  const invented = named.filter((slot) => !touchedSet.has(slot));
  const wrong: string[] = [];
  if (unnamed.length > 0) wrong.push(`${kind}: not named, though it suffered it: ${told(unnamed)}`);
  if (invented.length > 0) wrong.push(`${kind}: named, though nobody touched it: ${told(invented)}`);
  if (namedSet.size !== named.length) wrong.push(`${kind}: ${named.length - namedSet.size} named more than once`);
  return wrong;
}

function told(slots: readonly number[]): string {
  const more = slots.length - MOST_TOLD;
  const first = slots.slice(0, MOST_TOLD).join(', ');
  return `slot ${first}${more > 0 ? ` and ${more} more` : ''}`;
}
