import { printable } from '../core/printable-text.ts';
import { formatCount } from '../core/units.ts';
import type { HopResult, RunResult } from '../metrics/result.ts';
import { partitionLine } from './partition-line.ts';
import { wrapped } from './terminal-text.ts';

const WIDTH = 80;
/** Ten columns for the label, two before it. */
const INDENT = 12;

/** One line for each of several targets; none where there is only one. */
export function targetLines({ targets }: RunResult): string[] {
  if (targets.length < 2) return [];
  return targets.flatMap(({ name, events, delivery }) => {
    const counts = [`sent ${formatCount(events.sent)}`, `acked ${formatCount(events.acked)}`];
    if (delivery.identity === 'not checked') counts.push('not read back');
    else
      counts.push(
        `verified ${formatCount(delivery.verified)}`,
        `missing ${formatCount(delivery.lost + delivery.missing)}`,
      );
    return told('at', `${printable(name)}: ${counts.join(', ')}`);
  });
}

/** How evenly the partitions of each target were loaded; none where there are no two. */
export function partitionLines({ targets }: RunResult): string[] {
  return targets.flatMap(({ name, partitions }) => {
    if (partitions === undefined || partitions.count < 2) return [];
    const whose = targets.length < 2 ? '' : `${printable(name)}: `;
    return told('balance', `${whose}${partitionLine(partitions)}`);
  });
}

/** What passed each hop, with what could not be proved about it. */
export function hopLines(hops: readonly HopResult[]): string[] {
  // What cannot be proved is the same at every hop behind which nothing identifies an event: it is said once.
  const said = new Set<string>();
  const isNew = (note: string): boolean => {
    if (!note.includes('cannot be proved')) return true;
    const known = said.has(note);
    said.add(note);
    return !known;
  };
  return hops.flatMap(({ from, to, entered, arrived, lost, duplicates, corrupt, notes }) => {
    const faults = Object.entries({ lost, duplicates, corrupt }).map(
      ([name, count]) => `${name} ${count === null ? '–' : formatCount(count)}`,
    );
    const flow = `${formatCount(entered)} in, ${formatCount(arrived)} out`;
    return [
      ...told('hop', `${printable(from)} → ${printable(to)}: ${flow}; ${faults.join(', ')}`),
      ...notes.filter(isNew).flatMap((note) => told('', printable(note))),
    ];
  });
}

function told(label: string, text: string): string[] {
  return wrapped(text, WIDTH - INDENT).map((line, i) => `  ${(i === 0 ? label : '').padEnd(10)}${line}`);
}
