import { formatCount, formatDuration } from '../../core/units.ts';
import type { FleetPicture } from '../devices/read-pictures.ts';
import type { Evidence } from '../evidence.ts';
import { markup } from '../markup.ts';
import { deviceMapDrawing } from './device-map-drawing.ts';
import { histogramDrawing } from './histogram-drawing.ts';
import { niceSteps } from './nice-steps.ts';
import { scatterDrawing } from './scatter-drawing.ts';
import { section, table } from './sections.ts';

/** Fleets that are drawn; what others reported stands in the files. */
const MOST_FLEETS = 3;
/** Rows of all maps of devices together. */
const MOST_ROWS = 128;
const BARS = 16;
const MOST_NAMED = 5;

/** What devices reported, by device and over time; nothing where no model has a picture. */
export function pictureSection({ pictures }: Evidence): string {
  const drawn = pictures.slice(0, MOST_FLEETS);
  return drawn.map((picture) => ofFleet(picture, Math.floor(MOST_ROWS / drawn.length))).join('');
}

function ofFleet(picture: FleetPicture, rows: number): string {
  const { fleet, reading, unit, devices } = picture;
  const edges = niceSteps(Math.max(...devices.map(({ max }) => max)), BARS);
  const step = (edges[1] as number) - (edges[0] as number);
  const counts = new Array<number>(Math.max(1, edges.length - 1)).fill(0);
  for (const { max } of devices) {
    const bar = Math.min(counts.length - 1, Math.max(0, Math.floor(max / step)));
    counts[bar] = (counts[bar] as number) + 1;
  }
  const inUnit = unit === '' ? reading : `${reading}, ${unit}`;
  const parts = [
    `<h3>The highest of each device</h3>`,
    histogramDrawing({
      ...{ label: `Highest ${reading} of each device of ${fleet}`, axis: inUnit, counted: 'devices', edges, counts },
    }),
    `<h3>By device and time</h3>`,
    deviceMapDrawing(picture, rows),
    scatterDrawing(picture),
    `<h3>Those that went highest</h3>`,
    highestDevices(picture),
  ];
  const [events, looked] = [sum(devices, 'events'), sum(devices, 'looked')];
  const some = looked < events ? `; ${formatCount(looked)} of their ${formatCount(events)} events were looked at` : '';
  const about = `What ${formatCount(devices.length)} of its devices reported${some}. The figures: devices.csv, heatmap.csv`;
  return section(`${fleet}: ${reading}`, parts.join(''), about);
}

function highestDevices({ devices, unit }: FleetPicture): string {
  const rows = [...devices]
    .sort((a, b) => b.max - a.max)
    .slice(0, MOST_NAMED)
    .map(({ device, max, mean, maxAtUs }) => {
      const figures = [`${Number(max.toPrecision(4))} ${unit}`, `${Number(mean.toPrecision(3))} ${unit}`];
      const at = maxAtUs < 1e6 ? '0 s' : formatDuration(Math.round(maxAtUs / 1e6) * 1e6);
      return `<tr><td>${markup(device)}</td>${[...figures, at].map((cell) => `<td class="n">${markup(cell)}</td>`).join('')}</tr>`;
    });
  return table(['device', '>highest', '>mean', '>after'], rows);
}

function sum(devices: FleetPicture['devices'], key: 'events' | 'looked'): number {
  return devices.reduce((all, device) => all + device[key], 0);
}
