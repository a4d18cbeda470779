import { type FileHandle, open } from 'node:fs/promises';
import { csvText } from '../core/csv-text.ts';
import { IotloadError } from '../core/errors.ts';
import { type DevicePicture, picturesOf } from './device-picture.ts';
import type { TruthQuestion } from './truth.ts';

/** Of `devices.csv`: a line for each device that is drawn. */
export const deviceColumns = [
  'fleet',
  'device',
  'seat',
  'reading',
  'unit',
  'events',
  'looked_at',
  'max',
  'mean',
  'max_at_s',
] as const;
/** Of `heatmap.csv`: a line for each of them and each stretch of time in which it reported. */
export const heatMapColumns = ['fleet', 'device', 'seat', 'from_s', 'to_s', 'max'] as const;

/** Characters of one write. */
const CHUNK = 64 * 1024;

/**
 * Writes what devices reported over time as two tables of comma-separated values. `pause` lets others do something meanwhile.
 * @throws IotloadError `file-unwritable`
 */
export async function writePictures(
  paths: { devices: string; heatMap: string },
  question: TruthQuestion,
  pause: () => Promise<void>,
): Promise<void> {
  const devices = await Table.open(paths.devices, deviceColumns);
  try {
    const heatMap = await Table.open(paths.heatMap, heatMapColumns);
    try {
      for (const picture of picturesOf(question)) {
        if (picture === null) await pause();
        else await Promise.all([devices.add(deviceLine(picture)), heatMap.add(binLines(picture))]);
      }
    } finally {
      await heatMap.close();
    }
  } finally {
    await devices.close();
  }
}

function deviceLine({ fleet, device, seat, reading, unit, events, looked, max, mean, maxAtUs }: DevicePicture): string {
  const figures = max === null ? ['', '', ''] : [rounded(max), rounded(mean ?? max), maxAtUs / 1e6];
  const cells = [csvText(fleet), csvText(device), seat, csvText(reading), csvText(unit), events, looked, ...figures];
  return `${cells.join(',')}\n`;
}

function binLines({ fleet, device, seat, bins, binUs }: DevicePicture): string {
  const head = `${csvText(fleet)},${csvText(device)},${seat}`;
  return bins
    .map((max, i) => (max === null ? '' : `${head},${(i * binUs) / 1e6},${((i + 1) * binUs) / 1e6},${rounded(max)}\n`))
    .join('');
}

/** Five significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** A table that grows. */
class Table {
  readonly #file: FileHandle;
  readonly #path: string;
  #text: string;

  private constructor(file: FileHandle, path: string, head: string) {
    this.#file = file;
    this.#path = path;
    this.#text = head;
  }

  static async open(path: string, columns: readonly string[]): Promise<Table> {
    return new Table(await guarded(path, () => open(path, 'w', 0o600)), path, `${columns.join(',')}\n`);
  }

  async add(lines: string): Promise<void> {
    this.#text += lines;
    if (this.#text.length >= CHUNK) await this.#write();
  }

  async close(): Promise<void> {
    try {
      await this.#write();
    } finally {
      await this.#file.close();
    }
  }

  async #write(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await guarded(this.#path, () => this.#file.appendFile(text));
  }
}

async function guarded<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IotloadError('file-unwritable', `cannot write: ${reason}`, { where: path, cause });
  }
}
