import { px } from '../../report/html/svg.ts';

/** An axis of loads or rates, from 0. */
export interface LoadAxis {
  /** Position of a value. */
  at(value: number): number;
  /** Where it is marked: at round values, no more than can be read beside each other. */
  ticks: readonly number[];
}

/** Most ticks beside each other, 0 left out. */
const MOST_TICKS = 5;
/** Room beyond the greatest value. */
const MARGIN = 1.06;

/** An axis from 0 at position `from` to a little more than `most` at `to`: most loads are tried near the greatest ones. */
export function loadAxis(most: number, from: number, to: number): LoadAxis {
  const end = most * MARGIN;
  const decade = 10 ** Math.floor(Math.log10(end / MOST_TICKS));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * decade).find((one) => end / one < MOST_TICKS + 1) as number;
  return {
    at: (value) => from + ((to - from) * value) / end,
    ticks: Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step),
  };
}

/** A line with its value beside it, for each tick of a horizontal axis between `top` and `bottom`. */
export function uprightMarks(axis: LoadAxis, top: number, bottom: number, text: (value: number) => string): string {
  return axis.ticks
    .map((tick) => {
      const x = px(axis.at(tick));
      return `<line class="gridline" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text x="${x}" y="${bottom + 20}" text-anchor="middle">${text(tick)}</text>`;
    })
    .join('');
}

/** The same for a vertical one, between `left` and `right`. */
export function levelMarks(axis: LoadAxis, left: number, right: number, text: (value: number) => string): string {
  return axis.ticks
    .map((tick) => {
      const y = px(axis.at(tick));
      return `<line class="gridline" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${left - 6}" y="${y}" dy="4" text-anchor="end">${text(tick)}</text>`;
    })
    .join('');
}
