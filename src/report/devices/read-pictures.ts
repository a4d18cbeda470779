import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MOST_DRAWN } from '../../answers/device-picture.ts';
import { deviceColumns, heatMapColumns } from '../../answers/picture-files.ts';
import { csvCells } from '../../core/csv-text.ts';
import { runFiles } from '../../runner/run-directory.ts';

/** What devices of a fleet reported over time of one reading, as the files of a run tell. */
export interface FleetPicture {
  fleet: string;
  reading: string;
  unit: string;
  /** In the order of their seats; at most some hundreds. */
  devices: PicturedDevice[];
  /** Length of a stretch of time, µs; 0 where there are none. */
  binUs: number;
  bins: number;
}

export interface PicturedDevice {
  device: string;
  events: number;
  /** Events that were looked at for this. */
  looked: number;
  max: number;
  mean: number;
  /** µs since slot time 0. */
  maxAtUs: number;
  /** The greatest by stretch; those without have none. */
  highest: Map<number, number>;
}

/** What `devices.csv` and `heatmap.csv` of a run's directory tell, by fleet; nothing where they are not there. Lines that are cut off are left out. */
export async function readPictures(dir: string): Promise<FleetPicture[]> {
  const fleets = new Map<string, FleetPicture>();
  const bySeat = new Map<string, PicturedDevice>();
  for await (const [fleet, device, seat, reading, unit, ...figures] of table(dir, runFiles.devices, deviceColumns)) {
    const [events, looked, max, mean, maxAt] = figures.map(Number) as [number, number, number, number, number];
    if (fleet === undefined || figures.includes('') || bySeat.size >= MOST_DRAWN) continue;
    const picture = fleets.get(fleet) ?? {
      fleet,
      reading: reading ?? '',
      unit: unit ?? '',
      devices: [],
      binUs: 0,
      bins: 0,
    };
    fleets.set(fleet, picture);
    const pictured = { device: device ?? '', events, looked, max, mean, maxAtUs: maxAt * 1e6, highest: new Map() };
    picture.devices.push(pictured);
    bySeat.set(`${fleet} ${seat}`, pictured);
  }
  for await (const [fleet = '', , seat, from, to, max] of table(dir, runFiles.heatMap, heatMapColumns)) {
    const [picture, device] = [fleets.get(fleet), bySeat.get(`${fleet} ${seat}`)];
    if (picture === undefined || device === undefined) continue;
    picture.binUs ||= Math.round((Number(to) - Number(from)) * 1e6);
    const bin = Math.round((Number(from) * 1e6) / picture.binUs);
    picture.bins = Math.max(picture.bins, bin + 1);
    device.highest.set(bin, Number(max));
  }
  return [...fleets.values()].filter(({ bins }) => bins > 0);
}

/** The lines of a table with these columns below its heading. */
async function* table(dir: string, name: string, columns: readonly string[]): AsyncGenerator<string[]> {
  const path = join(dir, name);
  if (!existsSync(path)) return;
  let isHeading = true;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const cells = csvCells(line);
    if (isHeading && line !== columns.join(',')) return;
    if (!isHeading && cells.length === columns.length) yield cells;
    isHeading = false;
  }
}
