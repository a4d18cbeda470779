import { markup } from '../markup.ts';
import { niceSteps } from './nice-steps.ts';
import { drawing, px } from './svg.ts';

const WIDTH = 1000;
const HEIGHT = 230;
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 988, 14, 182];
const LABEL = 64;

/** Bars that touch each other: bar i counts what lies between `edges[i]` and `edges[i + 1]`. */
export interface Bars {
  /** Of the whole drawing, for whoever cannot see it. */
  label: string;
  /** What lies along the axis. */
  axis: string;
  /** What is counted. */
  counted: string;
  edges: readonly number[];
  counts: readonly number[];
}

export function histogramDrawing({ label, axis, counted, edges, counts }: Bars): string {
  const highest = Math.max(1, ...counts);
  const marks = niceSteps(highest, 4).filter((mark) => Number.isInteger(mark) && mark <= highest);
  const y = (count: number): number => BOTTOM + ((TOP - BOTTOM) * count) / highest;
  const width = (RIGHT - LEFT) / counts.length;
  const bars = counts
    .map((count, i) =>
      count === 0
        ? ''
        : `M${px(LEFT + i * width + 1)} ${BOTTOM}V${px(Math.min(y(count), BOTTOM - 1.5))}h${px(width - 2)}V${BOTTOM}z`,
    )
    .join('');
  const lines = marks
    .map(
      (count) =>
        `<line class="gridline" x1="${LEFT}" x2="${RIGHT}" y1="${px(y(count))}" y2="${px(y(count))}"/><text x="${LEFT - 6}" y="${px(y(count))}" dy="4" text-anchor="end">${count.toLocaleString('en')}</text>`,
    )
    .join('');
  const each = Math.ceil(LABEL / width);
  const ends = edges
    .map((edge, i) =>
      i % each === 0
        ? `<text x="${px(LEFT + i * width)}" y="${BOTTOM + 18}" text-anchor="middle">${edge.toLocaleString('en', { maximumFractionDigits: 4 })}</text>`
        : '',
    )
    .join('');
  const names =
    `<text x="${RIGHT}" y="${BOTTOM + 38}" text-anchor="end">${markup(axis)}</text>` +
    `<text x="${LEFT}" y="${BOTTOM + 38}">${markup(counted)}</text>`;
  return drawing(WIDTH, HEIGHT, label, `${lines}<path class="fill c-sent" d="${bars}"/>${ends}${names}`);
}
