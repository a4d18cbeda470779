import { formatDuration } from '../../core/units.ts';
import { edgeOf, type HeatMap } from '../timeline/timeline.ts';
import { drawing, logAxis, px } from './svg.ts';

const WIDTH = 1000;
const HEIGHT = 270;
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 988, 8, 236];
const LEVELS = 8;
const TIME_TICKS = 6;

/** Where the samples lay over time: the darker, the more of that time's samples; nothing without samples. */
export function heatMapDrawing({ columns, firstRow, counts }: HeatMap, label: string): string {
  const rows = counts[0]?.length ?? 0;
  if (columns.length === 0 || rows === 0) return '';
  const axis = logAxis(edgeOf(firstRow), edgeOf(firstRow + rows), BOTTOM, TOP);
  const endUs = columns.at(-1) as number;
  const x = (us: number): number => LEFT + ((RIGHT - LEFT) * us) / endUs;
  const paths: string[] = Array(LEVELS).fill('');
  counts.forEach((column, i) => {
    const all = column.reduce((sum, count) => sum + count, 0);
    const [from, to] = [x(i === 0 ? 0 : (columns[i - 1] as number)), x(columns[i] as number)];
    column.forEach((count, row) => {
      if (count === 0) return;
      // By the root of its share, so that few late ones are seen beside many.
      const level = Math.min(LEVELS - 1, 1 + Math.floor(Math.sqrt(count / all) * (LEVELS - 1)));
      const [low, high] = [axis.at(edgeOf(firstRow + row)), axis.at(edgeOf(firstRow + row + 1))];
      paths[level] += `M${px(from)} ${px(high)}H${px(to)}V${px(low)}H${px(from)}z`;
    });
  });
  const cells = paths.map((path, level) => (path === '' ? '' : `<path class="h${level}" d="${path}"/>`)).join('');
  const times = Array.from({ length: TIME_TICKS + 1 }, (_, i) => {
    const us = Math.round((endUs * i) / TIME_TICKS / 1e6) * 1e6;
    return `<text x="${px(x((endUs * i) / TIME_TICKS))}" y="${BOTTOM + 18}" text-anchor="${i === 0 ? 'start' : i === TIME_TICKS ? 'end' : 'middle'}">${us === 0 ? '0 s' : formatDuration(us)}</text>`;
  }).join('');
  return drawing(WIDTH, HEIGHT, label, axis.marks(LEFT, RIGHT) + cells + times);
}
