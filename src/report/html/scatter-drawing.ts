import { formatDuration } from '../../core/units.ts';
import type { FleetPicture } from '../devices/read-pictures.ts';
import { markup } from '../markup.ts';
import { LEVELS, levelOf } from './cells.ts';
import { niceSteps } from './nice-steps.ts';
import { drawing, px } from './svg.ts';

const WIDTH = 1000;
const HEIGHT = 470;
/** Where device 0, time 0, value 0 lies, and how far each axis goes from there. */
const [ORIGIN_X, ORIGIN_Y] = [352, 330];
const TIME = [560, 78] as const;
const DEVICES = [-268, 78] as const;
const UP = -290;
/** Points that are drawn: the highest, and of the others as many as fit, evenly. */
const MOST_POINTS = 1_600;
const HIGHEST_POINTS = 400;
/** Points that have a line down to the floor. */
const STALKS = 16;

interface Point {
  device: number;
  bin: number;
  value: number;
}

/** Device, time and value in space, seen from above one corner: each point is the highest of a device in a stretch of time. */
export function scatterDrawing(picture: FleetPicture): string {
  const { fleet, reading, unit, devices, binUs, bins } = picture;
  const points = pointsOf(picture);
  if (points.length === 0) return '';
  const marks = niceSteps(Math.max(...points.map(({ value }) => value)), 5);
  const highest = marks.at(-1) as number;
  const at = (device: number, time: number, value: number): [x: number, y: number] => [
    ORIGIN_X + TIME[0] * time + DEVICES[0] * device,
    ORIGIN_Y + TIME[1] * time + DEVICES[1] * device + UP * value,
  ];
  const text = (place: [number, number], words: string, anchor: string, strong = ''): string =>
    `<text${strong} x="${px(place[0])}" y="${px(place[1])}" text-anchor="${anchor}">${markup(words)}</text>`;
  const line = (...places: [number, number][]): string =>
    places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const floor = steps.map((s) => line(at(0, s, 0), at(1, s, 0)) + line(at(s, 0, 0), at(s, 1, 0))).join('');
  const walls = marks
    .map((value) => line(at(1, 0, value / highest), at(0, 0, value / highest), at(0, 1, value / highest)))
    .join('');
  const posts = [at(1, 0, 1), at(0, 0, 1), at(0, 1, 1)];
  const corners = [at(1, 0, 0), at(0, 0, 0), at(0, 1, 0)];
  const edges = posts.map((post, i) => line(post, corners[i] as [number, number])).join('');
  const place = ({ device, bin, value }: Point): [number, number] =>
    at((device + 0.5) / devices.length, (bin + 0.5) / bins, value / highest);
  const dots: string[] = Array(LEVELS).fill('');
  for (const point of points) {
    const [x, y] = place(point);
    dots[levelOf(point.value / highest)] += `M${Math.round(x)} ${Math.round(y)}h0`;
  }
  const stalks = points
    .slice(0, STALKS)
    .map((point) => line(place(point), place({ ...point, value: 0 })))
    .join('');
  const shift = ([x, y]: [number, number], dx: number, dy: number): [number, number] => [x + dx, y + dy];
  const timeOf = (share: number): string => {
    const us = Math.round((bins * binUs * share) / 1e6) * 1e6;
    return us === 0 ? '0 s' : formatDuration(us);
  };
  const labels =
    marks.map((value) => text(shift(at(1, 0, value / highest), -8, 4), `${value}`, 'end')).join('') +
    text(shift(at(1, 0, 1), -4, -14), unit === '' ? reading : `${reading}, ${unit}`, 'start', ' class="strong"') +
    steps
      .slice(1)
      .map((share) => text(shift(at(1, share, 0), 0, 18), timeOf(share), 'middle'))
      .join('') +
    text(shift(at(1, 0.5, 0), -40, 34), 'time', 'middle', ' class="strong"') +
    text(shift(at(0, 1, 0), 8, 4), '1', 'start') +
    text(shift(at(1, 1, 0), 16, 2), `${devices.length}`, 'start') +
    text(shift(at(0.5, 1, 0), 30, 18), 'devices', 'start', ' class="strong"');
  const inner =
    `<path class="gridpath" d="${floor}${walls}${edges}"/><path class="stalk" d="${stalks}"/>` +
    dots.map((path, level) => (path === '' ? '' : `<path class="dot s${Math.max(2, level)}" d="${path}"/>`)).join('') +
    labels;
  return drawing(WIDTH, HEIGHT, `${reading} of the devices of ${fleet}, by device and time, in space`, inner);
}

/** The highest first. What is 0 lies on the floor and is left out. */
function pointsOf({ devices }: FleetPicture): Point[] {
  const all = devices
    .flatMap(({ highest }, device) => [...highest].map(([bin, value]): Point => ({ device, bin, value })))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || a.device - b.device || a.bin - b.bin);
  const [high, others] = [all.slice(0, HIGHEST_POINTS), all.slice(HIGHEST_POINTS)];
  const every = Math.max(1, Math.ceil(others.length / (MOST_POINTS - HIGHEST_POINTS)));
  return [...high, ...others.filter((_, i) => i % every === 0)];
}
