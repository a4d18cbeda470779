import { printable } from '../core/printable-text.ts';
import { formatCount, formatMicros } from '../core/units.ts';
import type { ShardSummary } from '../metrics/result.ts';
import { clipped } from './terminal-text.ts';

const MOST_SHOWN = 8;

/** The shards of a merged result: how they fit together, then each by itself, those first of which there is more to say than counts. */
export function shardLines(shards: readonly ShardSummary[] | undefined): string[] {
  if (shards === undefined) return [];
  const [odd, usual] = [
    shards.filter((shard) => oddities(shard).length > 0),
    shards.filter((shard) => oddities(shard).length === 0),
  ];
  const shown = [...odd, ...usual].slice(0, MOST_SHOWN);
  const width = Math.max(...shown.map(({ shard }) => shard.length));
  const lines = shown.map((shard) => {
    const told = [
      clipped(printable(shard.host ?? '–'), 24),
      ...oddities(shard),
      `${formatCount(shard.events.sent)} sent`,
    ];
    return `          ${shard.shard.padEnd(width)}  ${clipped(told.join(', '), 66 - width)}`;
  });
  if (shards.length > shown.length) lines.push(`          and ${shards.length - shown.length} more in summary.json`);
  return [`  shards    ${formatCount(shards.length)}, ${shardsTogether(shards)}`, ...lines.map((line) => `  ${line}`)];
}

/** How well the shards began together, and how far that can be told, in one sentence. */
export function shardsTogether(shards: readonly ShardSummary[]): string {
  const late = shards.map(({ startSkewUs }) => startSkewUs ?? 0);
  const unsaid = shards.filter(({ startSkewUs }) => startSkewUs === null).length;
  const latest = Math.max(0, ...late);
  const begun = [
    latest === 0 ? 'ready in time' : `ready up to ${formatMicros(latest)} late`,
    ...(unsaid === 0 ? [] : [`${formatCount(unsaid)} did not say when`]),
  ];
  return `${begun.join(', ')}; ${clocksTogether(shards)}`;
}

function clocksTogether(shards: readonly ShardSummary[]): string {
  const bounds = shards.map(({ clockBoundUs }) => clockBoundUs);
  if (bounds.some((bound) => bound === null)) return 'nobody said how far their clocks are apart';
  const most = Math.max(0, ...bounds.map((bound) => bound ?? 0));
  return most === 0 ? 'on one clock' : `clocks within ${formatMicros(most)}`;
}

/** What is not as in a shard that simply did its part. */
export function oddities({ ended, attempts, generator, startSkewUs }: ShardSummary): string[] {
  return [
    ...(ended === 'completed' ? [] : [ended.replace('-', ' ')]),
    ...(attempts === 1 ? [] : [`${formatCount(attempts)} attempts`]),
    ...(generator === 'healthy' ? [] : [`generator ${generator}`]),
    ...((startSkewUs ?? 0) === 0 ? [] : [`${formatMicros(startSkewUs ?? 0)} late`]),
  ];
}
