import type { FleetPicture } from '../devices/read-pictures.ts';
import { markup } from '../markup.ts';
import { GridCells, levelOf, NOTHING, scaleLegend } from './cells.ts';
import { drawing, px, timeLabels } from './svg.ts';

const WIDTH = 1000;
const [LEFT, RIGHT, TOP] = [72, 988, 20];
const BELOW = 34;
/** Height of all rows, and of one at most. */
const [ALL_ROWS, HIGHEST_ROW] = [384, 20];

/** A part of this of the greatest is nothing: what a sensor reads at rest. */
const QUIET = 0.002;

/** By the root: between what is quiet and what is loud lie powers of ten. */
function loudness(share: number): number {
  return share <= QUIET ? 0 : Math.sqrt(share);
}

/** How high the reading of each device went over time. Of more than `mostRows` devices neighbours share a row: then the highest of them. */
export function deviceMapDrawing(
  { fleet, reading, unit, devices, binUs, bins }: FleetPicture,
  mostRows: number,
): string {
  const each = Math.ceil(devices.length / mostRows);
  const rows = Array.from({ length: Math.ceil(devices.length / each) }, (_, i) => {
    const group = devices.slice(i * each, (i + 1) * each);
    return Array.from({ length: bins }, (__, bin) => {
      const values = group.flatMap(({ highest }) => highest.get(bin) ?? []);
      return values.length === 0 ? null : Math.max(...values);
    });
  });
  const highest = Math.max(0, ...rows.flat().map((value) => value ?? 0));
  const height = Math.min(HIGHEST_ROW, ALL_ROWS / rows.length);
  const bottom = TOP + rows.length * height;
  const cells = new GridCells(LEFT, TOP, (RIGHT - LEFT) / bins, height);
  for (const row of rows)
    cells.row(row.map((value) => (value === null ? NOTHING : levelOf(loudness(value / (highest || 1))))));
  const device = (i: number, y: number): string =>
    `<text x="${LEFT - 8}" y="${px(y)}" text-anchor="end">${i.toLocaleString('en')}</text>`;
  const inner =
    `<text class="strong" x="${LEFT}" y="12">${devices.length.toLocaleString('en')} devices over time${each === 1 ? '' : `, ${each} to a row`}</text>` +
    device(1, TOP + 10) +
    (devices.length > 1 ? device(devices.length, bottom - 2) : '') +
    cells.markup +
    timeLabels(bins * binUs, LEFT, RIGHT, bottom);
  const most = `${Number(highest.toPrecision(3))} ${unit}`;
  return (
    drawing(WIDTH, bottom + BELOW, `${reading} of the devices of ${fleet} over time`, inner) +
    `<div class="legend">${scaleLegend('0', markup(most))}</div>\n`
  );
}
