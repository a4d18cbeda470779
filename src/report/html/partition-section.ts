import type { RunResult } from '../../metrics/result.ts';
import type { Evidence } from '../evidence.ts';
import { markup } from '../markup.ts';
import { partitionLine } from '../partition-line.ts';
import { partitionMapDrawing } from './partition-map-drawing.ts';
import { section } from './sections.ts';

/** What the partitions of each target got over time; nothing where no target has any, or nobody counted. */
export function partitionSection({ targets }: RunResult, { timeline }: Evidence): string {
  const maps = timeline?.partitions ?? [];
  if (maps.length === 0) return '';
  const told = maps.map((map) => {
    const load = targets.find(({ name }) => name === map.target)?.partitions;
    const heading = targets.length < 2 ? '' : `<h3>${markup(map.target)}</h3>`;
    const line = load === undefined ? '' : `<p>${markup(partitionLine(load))}.</p>`;
    return `${heading}${line}${partitionMapDrawing(map)}`;
  });
  const read = maps.every(({ counted }) => counted === 'read');
  const about = read
    ? 'By when it was read back: everything that lay there, whoever sent it.'
    : 'By what the target confirmed.';
  return section(maps.every(({ kind }) => kind === 'shard') ? 'Shards' : 'Partitions', told.join(''), about);
}
