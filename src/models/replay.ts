import { resolve } from 'node:path';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { draw, unit } from '../core/random.ts';
import type { Speed } from '../core/time-scale.ts';
import { parseSpeed } from '../core/units.ts';
import type { Device, DeviceModel, OwnPace, ParamProblem, Params, ReadingSpec, SeatKey } from './model.ts';
import { digestOfFile, type RecordingRequest, readRecording } from './recording/read-recording.ts';
import { keepRecording, type Recording, recordingOf } from './recording/recording.ts';

const SAME_PACE = '1x';

/** Plays recorded events: every column of a file is a reading. */
export const replay: DeviceModel = {
  name: 'replay',
  doc: 'Plays recorded events from a CSV file with a header or from JSON Lines; each column is a reading, <name> in payload, topic or key.',
  params: {
    file: {
      doc: 'File to play (.csv, .jsonl), at most 64 MiB, from the scenario’s folder.',
      type: 'text',
      default: null,
    },
    columns: { doc: 'Columns that become readings; none named: all but time.', type: 'texts', default: [] },
    texts: { doc: 'Columns that are texts although they look like numbers.', type: 'texts', default: [] },
    time: {
      doc: 'Column with the times of the rows: no reading, and checked to go forward; rate: recorded plays them at that pace.',
      type: 'text',
      default: '',
    },
    per: {
      doc: 'What plays the file: the fleet (row k is its event k), or each device from a place of its own.',
      type: 'choice',
      default: 'fleet',
      choices: ['fleet', 'device'],
    },
    loop: { doc: 'After the last row the first; else the fleet ends with the file.', type: 'flag', default: true },
    warp: {
      doc: 'How much faster than recorded, such as 10x or 0.5x; with rate: recorded.',
      type: 'text',
      default: SAME_PACE,
    },
    sha256: {
      doc: 'Digest that the file must have; the plan holds that of the file it was made with.',
      type: 'text',
      default: '',
    },
  },
  load,
  readings: {},
  payloads: {},
  shape(params) {
    const { columns } = recordingFor(params);
    const readings: Record<string, ReadingSpec> = {};
    for (const { title, name, decimals, min, max, names } of columns) {
      const doc = `Column ${JSON.stringify(title)} of the file.`;
      readings[name] = { doc, unit: '', decimals, min, max, ...(names === undefined ? {} : { names }) };
    }
    const members = Object.fromEntries(columns.map(({ name }) => [name, `<${name}>`]));
    const traced = { device: '<device>', time: '<time.iso>', ...members };
    return {
      readings,
      payloads: {
        row: { doc: 'The columns of a row.', codec: 'json', fields: members, identity: 'fields' },
        readings: { doc: 'Device, time, and the columns.', codec: 'json', fields: traced, identity: 'fields' },
      },
    };
  },
  mostEvents(params, devices) {
    const { rows } = recordingFor(params);
    if (params['loop'] === true) return Number.POSITIVE_INFINITY;
    return params['per'] === 'device' ? rows * devices : rows;
  },
  ownPace,
  paceParams: { warp: SAME_PACE },
  costNs: 400,
  // A row is read when it is due.
  maxSamplingDelayUs: 1,
  create: (params, _scene, devices = 1) => new Player(params, devices),
};

function ownPace(params: Params): OwnPace | ParamProblem {
  if (params['time'] === '') {
    const hint = 'name it in params.time, or write a rate such as 100/s';
    return { path: [], message: 'no column is named that holds the times of the rows', hint };
  }
  if (params['per'] !== 'fleet') {
    const hint = 'write per: fleet, or a rate such as 100/s';
    return { path: ['per'], message: 'devices that each play the file have no common pace in it', hint };
  }
  const { rows, timesUs } = recordingFor(params);
  const loop = params['loop'] === true;
  if (loop && rows > 1 && timesUs?.at(-1) === 0) {
    const message = 'every row has the same time, so that a round would take none';
    return { path: ['time'], message, hint: 'write loop: false, or a rate such as 100/s' };
  }
  // It was parsed when the file was loaded.
  const parsed = parseSpeed(String(params['warp']));
  return { key: keyOf(params), loop, warp: (parsed as { value: Speed }).value };
}

async function load(params: Params, folder: string): Promise<{ params: Params } | { problems: ParamProblem[] }> {
  const file = resolve(folder, String(params['file']));
  const wrong = (key: string, message: string, hint: string | null): { problems: ParamProblem[] } => ({
    problems: [{ path: [key], message, hint }],
  });
  const warp = parseSpeed(String(params['warp']));
  if ('error' in warp) return wrong('warp', warp.error, 'such as 1x, 10x or 0.5x');
  try {
    const sha256 = await digestOfFile(file);
    if (params['sha256'] !== '' && params['sha256'] !== sha256)
      return wrong('file', 'the file is not the one whose digest is given: it has changed', `it has ${sha256}`);
    const completed = { ...params, file, sha256 };
    const key = keyOf(completed);
    if (recordingOf(key) !== undefined) return { params: completed };
    const recording = await readRecording(requestOf(completed), key);
    if ('problems' in recording) return recording;
    keepRecording(recording);
    return { params: completed };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return wrong(
      'file',
      `"${String(params['file'])}" cannot be read (${code})`,
      'its path starts at the scenario’s folder',
    );
  }
}

function requestOf(params: Params): RecordingRequest {
  const list = (name: string): readonly string[] => (params[name] as readonly string[] | undefined) ?? [];
  return { file: String(params['file']), columns: list('columns'), texts: list('texts'), time: String(params['time']) };
}

/** The same file read in the same way. */
function keyOf(params: Params): string {
  const { columns, texts, time } = requestOf(params);
  return JSON.stringify([params['sha256'], columns, texts, time]);
}

/** @throws IotloadError `defect` where it was not loaded */
function recordingFor(params: Params): Recording {
  const recording = recordingOf(keyOf(params));
  if (recording === undefined)
    throw new IotloadError('defect', 'a recording was not loaded', { value: String(params['file']) });
  return recording;
}

class Player implements Device {
  readonly #recording: Recording;
  readonly #perDevice: boolean;
  readonly #loops: boolean;
  readonly #devices: number;

  constructor(params: Params, devices: number) {
    this.#recording = recordingFor(params);
    this.#perDevice = params['per'] === 'device';
    this.#loops = params['loop'] === true;
    this.#devices = devices;
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, n: number, _tUs: Micros, out: Float64Array, at: number): void {
    const { rows, columns, values } = this.#recording;
    const width = columns.length;
    const first = this.#rowOf(seat, n, rows) * width;
    for (let i = 0; i < width; i++) out[at + i] = values[first + i] as number;
  }

  #rowOf(seat: SeatKey, n: number, rows: number): number {
    if (!this.#perDevice) {
      const slot = n * this.#devices + seat.seat;
      return this.#loops ? slot % rows : Math.min(slot, rows - 1);
    }
    if (!this.#loops) return Math.min(n, rows - 1);
    return (n + Math.floor(unit(draw(seat.k0, seat.k1, 0, 0)) * rows)) % rows;
  }
}
