import { printable } from '../core/printable-text.ts';
import { formatCount, formatMicros, formatRate } from '../core/units.ts';
import type { HopResult, RunResult, TargetResult } from '../metrics/result.ts';
import { brokerLine } from './broker-line.ts';
import { partitionLine } from './partition-line.ts';
import { wrapped } from './terminal-text.ts';

const WIDTH = 80;
/** Ten columns for the label, two before it. */
const INDENT = 12;

/** A line for each of several targets, its pace below it; none where there is only one. */
export function targetLines({ targets }: RunResult): string[] {
  if (targets.length < 2) return [];
  return targets.flatMap((target) => {
    const { name, events, delivery } = target;
    const counts = [`sent ${formatCount(events.sent)}`, `acked ${formatCount(events.acked)}`];
    if (delivery.identity === 'not checked') counts.push('not read back');
    else
      counts.push(
        `verified ${formatCount(delivery.verified)}`,
        `missing ${formatCount(delivery.lost + delivery.missing)}`,
      );
    const pace = paceOf(target);
    return [...told('at', `${printable(name)}: ${counts.join(', ')}`), ...(pace === '' ? [] : told('', pace))];
  });
}

/** Rate and latencies of a target, as far as they are known. */
function paceOf({ rate, latency }: TargetResult): string {
  const times = [
    ['response time', latency?.responseTime],
    ['end to end', latency?.endToEnd],
  ] as const;
  return [
    ...(rate === undefined ? [] : [formatRate(rate.achievedPerSecond)]),
    ...times.flatMap(([words, figures]) => {
      const { p50 = null, p99 = null } = figures ?? {};
      return p50 === null || p99 === null ? [] : [`${words} p50 ${formatMicros(p50)} p99 ${formatMicros(p99)}`];
    }),
  ].join(', ');
}

/** What the targets counted themselves, and where that does not agree with ours. */
export function brokerLines({ targets }: Pick<RunResult, 'targets'>): string[] {
  return targets.flatMap(({ name, broker }) => {
    if (broker === undefined) return [];
    const whose = targets.length < 2 ? '' : `${name}: `;
    return [
      ...told('counted', printable(`${whose}${brokerLine(broker)}`)),
      ...broker.doubts.flatMap((doubt) => told('', printable(`${whose}${doubt}`))),
    ];
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
