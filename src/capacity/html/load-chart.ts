import { formatCount, formatRate } from '../../core/units.ts';
import { drawing, px } from '../../report/html/svg.ts';
import type { CapacityResult } from '../capacity-result.ts';
import type { StepVerdict } from '../search.ts';
import { loadAxis, uprightMarks } from './load-axis.ts';

/** Units of a chart; two of them stand side by side. */
const [WIDTH, HEIGHT] = [520, 330];
/** The frame in which it draws. */
export const frame = { left: 66, right: 510, top: 24, bottom: 290 } as const;

/** A point of a chart: a trial, where it lies, and what came of it. */
export interface ChartPoint {
  level: number;
  y: number;
  verdict: StepVerdict;
  /** Told where the pointer rests. */
  title: string;
}

export interface ChartParts {
  label: string;
  /** Lines and words of the vertical axis. */
  axis: string;
  /** Line by line: its colour, and its points; broken where one is null. */
  lines: readonly (readonly [
    colour: string,
    points: readonly (readonly [level: number, y: number])[],
    dashed?: boolean,
  ])[];
  points: readonly ChartPoint[];
  /** Horizontal limits. */
  limits: readonly { y: number; text: string }[];
}

/** Something against the load: where it holds, where it breaks, the trials in between. */
export function loadChart({ goal, finding, knee, steps }: CapacityResult, parts: ChartParts): string {
  const axis = loadAxis(Math.max(...steps.map(({ level }) => level)), frame.left, frame.right);
  const { top, bottom } = frame;
  let inner = '';
  const zone = (colour: string, from: number, to: number, word: string): void => {
    if (to - from < 1) return;
    inner += `<rect class="faint c-${colour}" x="${px(from)}" y="${top}" width="${px(to - from)}" height="${bottom - top}"/>`;
    if (word !== '') inner += `<text x="${px((from + to) / 2)}" y="${top - 8}" text-anchor="middle">${word}</text>`;
  };
  const held = finding.highestHeld === null ? frame.left : axis.at(finding.highestHeld.level);
  if (finding.highestHeld !== null) zone('acked', frame.left, held, 'holds');
  if (finding.lowestBroke !== null) {
    const broke = axis.at(finding.lowestBroke.level);
    zone('wait', held, broke, '');
    zone('shed', broke, frame.right, 'breaks');
  }
  inner += uprightMarks(axis, top, bottom, (load) => (goal.vary === 'rate' ? formatRate(load) : formatCount(load)));
  inner += parts.axis;
  for (const { y, text } of parts.limits)
    inner += `<line class="slo" x1="${frame.left}" x2="${frame.right}" y1="${px(y)}" y2="${px(y)}"/><text class="strong" x="${frame.left + 6}" y="${px(y)}" dy="-5">${text}</text>`;
  if (knee !== null) {
    const x = px(axis.at(knee));
    inner += `<path class="line c-due" stroke-dasharray="2 4" d="M${x} ${top}V${bottom}"/><text x="${x}" y="${bottom - 6}" dx="5">knee</text>`;
  }
  for (const [colour, points, dashed] of parts.lines) {
    const path = points.map(([level, y], i) => `${i === 0 ? 'M' : 'L'}${px(axis.at(level))} ${px(y)}`).join('');
    inner += `<path class="line c-${colour}"${dashed ? ' stroke-dasharray="5 4"' : ''} d="${path}"/>`;
  }
  inner += parts.points.map(({ level, y, verdict, title }) => marks[verdict](axis.at(level), y, title)).join('');
  return drawing(WIDTH, HEIGHT, parts.label, inner);
}

/** Each verdict has a shape of its own, for whoever cannot tell the colours. */
const marks: Readonly<Record<StepVerdict, (x: number, y: number, title: string) => string>> = {
  holds: (x, y, title) =>
    `<circle class="fill c-acked" cx="${px(x)}" cy="${px(y)}" r="4.5"><title>${title}</title></circle>`,
  breaks: (x, y, title) =>
    `<path class="line c-shed" stroke-width="2.5" d="M${px(x - 4.5)} ${px(y - 4.5)}l9 9m0 -9l-9 9"><title>${title}</title></path>`,
  generator: (x, y, title) =>
    `<rect class="line c-due" x="${px(x - 4)}" y="${px(y - 4)}" width="8" height="8"><title>${title}</title></rect>`,
  unsure: (x, y, title) =>
    `<circle class="line c-wait" cx="${px(x)}" cy="${px(y)}" r="4.5"><title>${title}</title></circle>`,
};
