import { formatCount, formatMicros } from '../../core/units.ts';
import type { RunResult } from '../../metrics/result.ts';
import { markup } from '../markup.ts';
import { shardsTogether } from '../shard-lines.ts';
import { orDash, section, table } from './sections.ts';

/** The shards of a merged result. */
export function shardTable({ shards }: RunResult): string {
  if (shards === undefined) return '';
  const rows = shards.map(({ shard, host, ended, attempts, startSkewUs, clockBoundUs, events, generator }) => {
    const counts = [events.intended, events.sent, events.acked, events.unknown];
    const times = [startSkewUs, clockBoundUs].map((us) => `<td class="n">${orDash(us, formatMicros)}</td>`);
    const cells = counts.map((count) => `<td class="n">${formatCount(count)}</td>`);
    return (
      `<tr><td>${markup(shard)}</td><td>${markup(host ?? '–')}</td><td>${markup(ended.replace('-', ' '))}</td><td>${markup(generator)}</td>` +
      `<td class="n">${formatCount(attempts)}</td>${times.join('')}${cells.join('')}</tr>`
    );
  });
  const headings = [
    'shard',
    'host',
    'ended',
    'generator',
    '>attempts',
    '>late',
    '>clock within',
    '>intended',
    '>sent',
    '>acked',
    '>unknown',
  ];
  return section('Shards', table(headings, rows), `${formatCount(shards.length)} of them: ${shardsTogether(shards)}.`);
}
