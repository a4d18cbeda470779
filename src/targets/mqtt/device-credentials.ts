import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import type { TargetFleet } from '../target.ts';

/** What a row of a credentials file says; undefined where a column is missing or empty. */
export interface DeviceCredential {
  clientId: string | undefined;
  username: string | undefined;
  password: string | undefined;
  /** PEM files, resolved from the file's folder; both or neither. */
  cert: string | undefined;
  key: string | undefined;
}

/** Finds the credentials of a device. */
export interface DeviceCredentials {
  /** @throws IotloadError `bad-scenario` that names the device where the file has no row for it */
  of(fleet: TargetFleet, seat: number, deviceId: string): DeviceCredential;
}

/** Columns that mean something; any other is passed over. */
const columns = ['device', 'client_id', 'username', 'password', 'cert', 'key'] as const;
type Column = (typeof columns)[number];

const WHERE = 'target.auth.devices';

/**
 * Reads a CSV file with a header. A row belongs to the device whose id stands under `device`, or under `client_id` where there is no
 * such column; without both, row k belongs to seat k, counted through the fleets in their order.
 *
 * @throws IotloadError `file-unreadable` where it cannot be read, `bad-scenario` for what stands in it, never showing a value
 */
export async function readDeviceCredentials(file: string, fleets: readonly TargetFleet[]): Promise<DeviceCredentials> {
  const [header, ...rows] = await readCsv(file);
  const at = columnsOf(file, header ?? []);
  const folder = dirname(file);
  const cell = (row: readonly string[], column: Column): string | undefined => {
    const index = at[column];
    return index === undefined ? undefined : row[index] || undefined;
  };
  const credentialOf = (row: readonly string[]): DeviceCredential => {
    const [cert, key] = [cell(row, 'cert'), cell(row, 'key')];
    return {
      clientId: cell(row, 'client_id'),
      username: cell(row, 'username'),
      password: cell(row, 'password'),
      cert: cert === undefined ? undefined : resolve(folder, cert),
      key: key === undefined ? undefined : resolve(folder, key),
    };
  };
  const name = at.device === undefined ? (at.client_id === undefined ? null : 'client_id') : 'device';
  if (name === null) return byRow(file, rows.map(credentialOf), fleets);

  const byId = new Map<string, DeviceCredential>();
  rows.forEach((row, i) => {
    const id = cell(row, name);
    if (id === undefined)
      throw wrong(file, `row ${i + 1} has no ${name}`, 'Rows are counted from 1, below the header.');
    if (byId.has(id)) throw wrong(file, `there are two rows for device ${id}`, 'Leave one of them.');
    byId.set(id, credentialOf(row));
  });
  return {
    of(fleet, _seat, deviceId) {
      const found = byId.get(deviceId);
      if (found !== undefined) return found;
      const hint = `Add a row with ${name} ${deviceId}, or let fleets.${fleet.name}.id give the names that are there.`;
      throw wrong(file, `no row for device ${deviceId} of fleet ${fleet.name}`, hint);
    },
  };
}

function byRow(file: string, rows: readonly DeviceCredential[], fleets: readonly TargetFleet[]): DeviceCredentials {
  const first = new Map<number, number>();
  let devices = 0;
  for (const fleet of fleets) {
    first.set(fleet.index, devices);
    devices += fleet.devices;
  }
  return {
    of(fleet, seat, deviceId) {
      const found = rows[(first.get(fleet.index) ?? 0) + seat];
      if (found !== undefined) return found;
      const hint = 'Add rows, or a column device that says whose each of them is.';
      throw wrong(
        file,
        `no row for device ${deviceId} of fleet ${fleet.name}: ${rows.length} rows for ${devices} devices`,
        hint,
      );
    },
  };
}

async function readCsv(file: string): Promise<string[][]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new IotloadError('file-unreadable', `auth.devices: ${(cause as Error).message}`, {
      where: WHERE,
      value: file,
      hint: 'The path starts at the scenario’s folder.',
      cause,
    });
  }
  const { parse } = await import('csv-parse/sync');
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const { lines } = error as { lines?: number };
    // The library's message may repeat what stands there.
    throw wrong(
      file,
      `it is not CSV${lines === undefined ? '' : `, see line ${lines}`}`,
      'Every row has as many cells as the header; a quote within quotes is doubled.',
    );
  }
}

/** Where the known columns stand. */
function columnsOf(file: string, header: readonly string[]): Partial<Record<Column, number>> {
  const at: Partial<Record<Column, number>> = {};
  header.forEach((title, index) => {
    const column = columns.find((known) => known === title.toLowerCase());
    if (column === undefined) return;
    if (at[column] !== undefined) throw wrong(file, `two columns are called ${column}`, 'Leave one of them.');
    at[column] = index;
  });
  if (at.username === undefined && at.cert === undefined) {
    throw wrong(
      file,
      'its first line names neither username nor cert',
      `Begin with a line such as device,username,password.`,
    );
  }
  if ((at.cert === undefined) !== (at.key === undefined)) {
    throw wrong(file, 'cert and key come together', 'Name both columns or neither.');
  }
  return at;
}

function wrong(file: string, message: string, hint: string): IotloadError {
  return new IotloadError('bad-scenario', `${file}: ${message}`, { where: WHERE, value: file, hint });
}
