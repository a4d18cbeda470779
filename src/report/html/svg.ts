import { formatDuration, formatMicros } from '../../core/units.ts';
import { markup } from '../markup.ts';

/** Coordinates with at most one decimal: a tenth of a pixel. */
export function px(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

/** A drawing of `width` × `height` units, scaled to the page; `label` says what it shows to whoever cannot see it. */
export function drawing(width: number, height: number, label: string, inner: string): string {
  return `<div class="chart"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${markup(label)}">${inner}</svg></div>\n`;
}

/** A logarithmic axis over powers of ten of µs. */
export interface LogAxis {
  /** Position of a value. */
  at(us: number): number;
  /** Lines and labels, from `left` to `right`. */
  marks(left: number, right: number): string;
}

/** An axis from the power of ten below `least` up to the one above `most`, from `bottom` up to `top`. */
export function logAxis(least: number, most: number, bottom: number, top: number): LogAxis {
  const low = Math.floor(Math.log10(Math.max(1, least)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, most))));
  const at = (us: number): number => {
    const share = (Math.log10(Math.max(10 ** low, us)) - low) / (high - low);
    return bottom + (top - bottom) * Math.min(1, share);
  };
  return {
    at,
    marks: (left, right) =>
      Array.from({ length: high - low + 1 }, (_, i) => {
        const y = px(at(10 ** (low + i)));
        return `<line class="gridline" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${left - 6}" y="${y}" dy="4" text-anchor="end">${formatMicros(10 ** (low + i))}</text>`;
      }).join(''),
  };
}

/** What the colours of a drawing mean. */
export function legend(entries: readonly (readonly [colour: string, label: string])[]): string {
  const items = entries.map(([colour, label]) => `<span class="c-${colour}"><i></i>${markup(label)}</span>`);
  return `<div class="legend">${items.join('')}</div>\n`;
}

const MOST_TIMES = 7;
/** Distances of labels that read well, s; beyond, whole days. */
const NICE_SECONDS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800],
  ...[3_600, 7_200, 10_800, 21_600, 43_200, 86_400],
];

/** The labels of a linear axis of time from 0 to `endUs`, below `y`. */
export function timeLabels(endUs: number, left: number, right: number, y: number): string {
  const day = NICE_SECONDS.at(-1) as number;
  const seconds = endUs / 1e6;
  const step =
    NICE_SECONDS.find((length) => seconds / length < MOST_TIMES) ?? day * Math.ceil(seconds / day / MOST_TIMES);
  return Array.from({ length: Math.floor(seconds / step + 1e-6) + 1 }, (_, i) => {
    const us = Math.round(i * step * 1e6);
    const x = left + ((right - left) * us) / endUs;
    const anchor = i === 0 ? 'start' : x > right - 20 ? 'end' : 'middle';
    return `<text x="${px(x)}" y="${px(y + 18)}" text-anchor="${anchor}">${us === 0 ? '0 s' : formatDuration(us)}</text>`;
  }).join('');
}
