import { printable } from '../core/printable-text.ts';
import { clipped, type Paint, painter, type Tone } from './terminal-text.ts';

/** A vertical line through a panel. */
export interface WaveMark {
  /** Seconds on the common time axis. */
  at: number;
  /** One character on top of it. */
  sign: string;
  tone: Tone;
}

/** One waveform: the range of its values in each of `waveColumns` columns of dots. */
export interface WavePanel {
  title: string;
  low: Float64Array;
  high: Float64Array;
  marks: readonly WaveMark[];
}

export interface WavePlot {
  panels: readonly WavePanel[];
  /** What the vertical axis shows. */
  quantity: string;
  unit: string;
  /** Seconds at the left and right end. */
  from: number;
  to: number;
  /** What the horizontal axis counts from. */
  since: string;
  /** What the marks mean, in lines below. */
  legend: readonly { sign: string; meaning: string; tone: Tone }[];
}

const WIDTH = 80;
/** Columns left of the waveform: a number and the axis. */
const GUTTER = 9;
const COLUMNS = WIDTH - GUTTER;
/** Columns of dots that a waveform has. */
export const waveColumns = COLUMNS * 2;
/** Dots of a braille character: U+2800 and one bit for each, by column and row. */
const BRAILLE = 0x2800;
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** Waveforms one below the other on one time axis and one scale, 80 columns wide; more panels are less high each. */
export function wavePlot(plot: WavePlot, colour: boolean): string[] {
  const paint = painter(colour);
  const { panels } = plot;
  const rows = panels.length === 1 ? 12 : panels.length <= 2 ? 7 : panels.length <= 4 ? 4 : 3;
  const scales = scalesOf(panels);
  const lines = [paint('loud', `${printable(plot.quantity)}${plot.unit === '' ? '' : ` [${plot.unit}]`}`)];
  for (const [i, panel] of panels.entries()) {
    lines.push(`${' '.repeat(GUTTER)}${paint('quiet', clipped(printable(panel.title), COLUMNS))}`);
    lines.push(...panelRows(panel, rows, scales[i] as Scale, plot, paint));
  }
  lines.push(...timeAxis(plot, paint));
  if (plot.legend.length > 0) {
    const meanings = plot.legend.map(({ sign, meaning, tone }) => `${paint(tone, sign)} ${meaning}`);
    lines.push(`${' '.repeat(GUTTER)}${meanings.join(paint('quiet', ' · '))}`);
  }
  return lines;
}

interface Scale {
  bottom: number;
  top: number;
}

/** Scales that differ by more are no longer one. */
const ALIKE = 8;

/** One for all panels, so that what is weaker looks weaker; one for each where the strongest would hide the others. */
function scalesOf(panels: readonly WavePanel[]): Scale[] {
  const own = panels.map(scaleOf);
  const heights = own.map(({ bottom, top }) => top - bottom).sort((a, b) => a - b);
  const middle = heights[heights.length >> 1] ?? 1;
  if ((heights.at(-1) ?? 0) > ALIKE * middle) return own;
  const bottom = Math.min(...own.map((scale) => scale.bottom));
  const top = Math.max(...own.map((scale) => scale.top));
  return own.map(() => ({ bottom, top }));
}

function scaleOf({ low, high }: WavePanel): Scale {
  let bottom = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  for (const value of low) bottom = Math.min(bottom, value);
  for (const value of high) top = Math.max(top, value);
  // A length is told from nothing, unless it hardly varies.
  if (bottom > 0 && bottom < 0.5 * top) bottom = 0;
  return top > bottom ? { bottom, top } : { bottom: bottom - 1, top: top + 1 };
}

function panelRows(panel: WavePanel, rows: number, scale: Scale, plot: WavePlot, paint: Paint): string[] {
  const cells = Array.from({ length: rows }, () => new Uint8Array(COLUMNS));
  const height = rows * 4;
  const rowOf = (value: number): number =>
    Math.min(height - 1, Math.max(0, Math.round(((scale.top - value) / (scale.top - scale.bottom)) * (height - 1))));
  for (let column = 0; column < waveColumns; column++) {
    const last = rowOf(panel.low[column] as number);
    for (let row = rowOf(panel.high[column] as number); row <= last; row++) {
      const line = cells[row >> 2] as Uint8Array;
      const cell = column >> 1;
      line[cell] = (line[cell] as number) | (dots[(column & 1) as 0 | 1][(row & 3) as 0 | 1 | 2 | 3] as number);
    }
  }
  const marks = new Map<number, WaveMark>();
  for (const mark of panel.marks) {
    const cell = Math.floor(((mark.at - plot.from) / (plot.to - plot.from)) * COLUMNS);
    if (cell >= 0 && cell < COLUMNS && !marks.has(cell)) marks.set(cell, mark);
  }
  return cells.map((line, row) => {
    const label = row === 0 ? number(scale.top) : row === rows - 1 ? number(scale.bottom) : '';
    const axis = row === 0 || row === rows - 1 ? '┤' : '│';
    return `${paint('quiet', `${label.padStart(GUTTER - 2)} ${axis}`)}${rowText(line, row, marks, paint)}`.trimEnd();
  });
}

function rowText(line: Uint8Array, row: number, marks: ReadonlyMap<number, WaveMark>, paint: Paint): string {
  let text = '';
  line.forEach((bits, cell) => {
    const mark = marks.get(cell);
    const wave = bits === 0 ? ' ' : String.fromCodePoint(BRAILLE + bits);
    if (mark === undefined) text += wave;
    else if (row === 0) text += paint(mark.tone, mark.sign);
    else text += bits === 0 ? paint(mark.tone, '┊') : paint(mark.tone, wave);
  });
  return text;
}

function timeAxis({ from, to, since }: WavePlot, paint: Paint): string[] {
  const step = niceStep((to - from) / 7);
  const axis = new Array<string>(COLUMNS).fill('─');
  const labels = new Array<string>(COLUMNS + 8).fill(' ');
  for (let tick = Math.ceil(from / step - 1e-9); tick * step <= to + 1e-9; tick++) {
    const cell = Math.min(COLUMNS - 1, Math.round(((tick * step - from) / (to - from)) * COLUMNS));
    axis[cell] = '┴';
    const text = number(tick * step);
    const start = Math.max(0, cell - Math.floor(text.length / 2));
    if (start + text.length <= COLUMNS) labels.splice(start, text.length, ...text);
  }
  const indent = ' '.repeat(GUTTER - 1);
  const unit = `seconds ${since}`;
  return [
    paint('quiet', `${indent}└${axis.join('')}`),
    paint('quiet', `${indent} ${labels.join('').trimEnd()}`),
    paint('quiet', `${indent} ${unit.padStart(Math.floor((COLUMNS + unit.length) / 2))}`),
  ];
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least * 0.999) ?? 10);
}

/** Three significant digits at most. */
function number(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
