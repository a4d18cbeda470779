import { formatCount, formatRate } from '../../core/units.ts';
import { partitionName } from '../../wire/placed-arrivals.ts';
import { markup } from '../markup.ts';
import type { PartitionMap, PartitionRow } from '../timeline/partition-map.ts';
import { GridCells, levelOf, NOTHING, scaleLegend } from './cells.ts';
import { drawing, px, timeLabels } from './svg.ts';

const WIDTH = 1000;
const [LEFT, RIGHT, TOP] = [72, 812, 22];
const [BARS, BARS_END] = [836, 988];
const BELOW = 34;
/** Rows of a drawing; of more, neighbours share one. */
const MOST_ROWS = 64;
/** Height of all rows, and of one, at most and at least. */
const [ALL_ROWS, HIGHEST_ROW, LOWEST_ROW] = [360, 24, 5];
/** Least distance between two labels. */
const LABEL = 15;

/** Rows that stand for one partition, or for some that follow each other: then the busiest of them at each time. */
interface DrawnRow {
  label: string;
  /** Events a second by column; null while none was there. */
  rates: (number | null)[];
  throttled: number[];
  /** Of the one that got the most. */
  total: number;
}

/** What each partition got over time, and in all beside it: the darker, the more a second. */
export function partitionMapDrawing(map: PartitionMap): string {
  const { columns, rows: all, kind, target } = map;
  const endUs = columns.at(-1) as number;
  const rows = drawnRows(map);
  const height = Math.min(HIGHEST_ROW, Math.max(LOWEST_ROW, ALL_ROWS / rows.length));
  const gap = height > 8 ? 2 : 0;
  const bottom = TOP + rows.length * height;
  const x = (us: number): number => LEFT + ((RIGHT - LEFT) * us) / endUs;
  const edges = [0, ...columns].map((us) => Math.round(x(us)));
  const highest = Math.max(...rows.flatMap(({ rates }) => rates.map((rate) => rate ?? 0)));
  const most = Math.max(...rows.map(({ total }) => total));
  const mean = all.reduce((sum, { total }) => sum + total, 0) / all.length;
  const barOf = (count: number): number => ((BARS_END - BARS) * count) / most;
  const cells = new GridCells(0, TOP, 1, height, (height - gap) / height);
  let [labels, bars, refused] = ['', '', ''];
  rows.forEach(({ label, rates, throttled, total }, i) => {
    const y = TOP + i * height;
    const levels = rates.map((rate) => (rate === null ? NOTHING : levelOf(rate / highest)));
    cells.row(levels, edges);
    throttled.forEach((count, column) => {
      if (count > 0)
        refused += `M${px(edges[column] as number)} ${px(y + (height - gap) / 2)}H${px(edges[column + 1] as number)}`;
    });
    bars += `M${BARS} ${px(y)}h${px(Math.max(1, barOf(total)))}v${px(height - gap)}H${BARS}z`;
    if (i % Math.ceil(LABEL / height) === 0)
      labels += `<text x="${LEFT - 8}" y="${px(y + (height - gap) / 2 + 4)}" text-anchor="end">${markup(label)}</text>`;
  });
  const meanX = px(BARS + barOf(mean));
  const inner =
    `<text class="strong" x="${LEFT}" y="12">${kind} over time</text><text class="strong" x="${BARS}" y="12">in all</text>` +
    labels +
    cells.markup +
    (refused === '' ? '' : `<path class="refused" d="${refused}"/>`) +
    `<path class="fill c-sent" d="${bars}"/>` +
    (all.length < 2
      ? ''
      : `<line class="mean" x1="${meanX}" x2="${meanX}" y1="${TOP - 4}" y2="${px(bottom)}"/><text x="${meanX}" y="${px(bottom + 18)}" text-anchor="end">mean ${formatCount(Math.round(mean))}</text>`) +
    timeLabels(endUs, LEFT, RIGHT, bottom);
  const told =
    refused === '' ? '' : '<span class="c-shed"><i></i>found no room there and was sent again, or not at all</span>';
  return (
    drawing(WIDTH, bottom + BELOW, `Events of each ${kind} of ${target} over time`, inner) +
    `<div class="legend">${scaleLegend('0', formatRate(highest))}${told}</div>\n`
  );
}

function drawnRows({ rows, columns }: PartitionMap): DrawnRow[] {
  const each = Math.ceil(rows.length / MOST_ROWS);
  const seconds = columns.map((toUs, i) => (toUs - (columns[i - 1] ?? 0)) / 1e6);
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, i) => {
    const group = rows.slice(i * each, (i + 1) * each);
    const [first, last] = [group[0] as PartitionRow, group.at(-1) as PartitionRow];
    return {
      label: [...new Set([first, last].map(({ partition }) => partitionName(partition)))].join('–'),
      rates: seconds.map((length, column) => {
        const counts = group.flatMap(({ events }) => events[column] ?? []);
        return counts.length === 0 ? null : Math.max(...counts) / Math.max(length, 1e-6);
      }),
      throttled: seconds.map((_, column) => group.reduce((sum, row) => sum + (row.throttled[column] ?? 0), 0)),
      total: Math.max(...group.map(({ total }) => total)),
    };
  });
}
