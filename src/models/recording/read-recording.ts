import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { closestName } from '../../core/closest-name.ts';
import type { ParamProblem } from '../model.ts';
import { ColumnReader, placeholderName } from './column.ts';
import { recordedTimeUs } from './recorded-time.ts';
import type { RecordedColumn, Recording } from './recording.ts';
import { openRows, type RecordedRow } from './rows.ts';

/** A larger file is refused: a recording is kept in memory. */
const MOST_BYTES = 64 * 1024 * 1024;
/** 128 MiB of numbers. */
const MOST_CELLS = 16 * 1024 * 1024;
/** After so many mistakes a file is read no further. */
const MOST_PROBLEMS = 10;

/** How a file is to be read. */
export interface RecordingRequest {
  /** Absolute path. */
  file: string;
  /** Titles of the columns that become readings; empty for all. */
  columns: readonly string[];
  /** Titles of columns that are texts although they begin with a number. */
  texts: readonly string[];
  /** Title of the column that holds the time; empty for none. */
  time: string;
}

/** SHA-256 of a file in hexadecimal digits. Rejects where it cannot be read. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Reads a recording into shared memory, or says what is wrong with it, rows counted from 1 below the header. */
export async function readRecording(
  request: RecordingRequest,
  key: string,
): Promise<Recording | { problems: ParamProblem[] }> {
  const refuse = (message: string, hint: string | null = null, path: ParamProblem['path'] = ['file']) => ({
    problems: [{ path, message, hint }],
  });
  const { size } = await stat(request.file);
  if (size > MOST_BYTES)
    return refuse(
      `the file has ${Math.ceil(size / 1024 / 1024)} MiB, more than ${MOST_BYTES / 1024 / 1024}`,
      'cut it, or leave columns away',
    );
  let reader: RecordingReader | undefined;
  try {
    const { titles, rows } = await openRows(request.file);
    const problems = titleProblems(titles, request);
    if (problems.length > 0) return { problems };
    reader = new RecordingReader(titles, request);
    for await (const row of rows) if (!reader.take(row)) break;
  } catch (error) {
    // A quote that is never closed: nothing after it can be told apart.
    if (!String((error as { code?: string }).code).startsWith('CSV_')) throw error;
    return refuse(`this is no CSV: ${(error as Error).message}`);
  }
  return reader.finish(key);
}

function titleProblems(titles: readonly string[], { columns, texts, time }: RecordingRequest): ParamProblem[] {
  if (titles.length === 0)
    return [{ path: ['file'], message: 'the file is empty', hint: 'its first line holds the titles' }];
  const twice = titles.find((title, i) => titles.indexOf(title) !== i);
  if (twice !== undefined) return [{ path: ['file'], message: `two columns are called "${twice}"`, hint: null }];
  const named: [string | number, string, string][] = [
    ...columns.map((title, i): [number, string, string] => [i, title, 'columns']),
    ...texts.map((title, i): [number, string, string] => [i, title, 'texts']),
    ...(time === '' ? [] : [['', time, 'time'] as [string, string, string]]),
  ];
  return named
    .filter(([, title]) => !titles.includes(title))
    .map(([step, title, param]) => {
      const near = closestName(title, titles);
      const hint = near === undefined ? `the file has ${titles.join(', ')}` : `did you mean "${near}"?`;
      return { path: step === '' ? [param] : [param, step], message: `the file has no column "${title}"`, hint };
    });
}

class RecordingReader {
  readonly #request: RecordingRequest;
  readonly #titles: readonly string[];
  /** Positions of the columns that become readings. */
  readonly #at: readonly number[];
  readonly #timeAt: number;
  readonly #problems: ParamProblem[] = [];
  readonly #times: number[] = [];
  #readers: ColumnReader[] | undefined;
  #values = new Float64Array(4096);
  #rows = 0;

  constructor(titles: readonly string[], request: RecordingRequest) {
    const { columns, time } = request;
    this.#request = request;
    this.#titles = titles;
    this.#timeAt = time === '' ? -1 : titles.indexOf(time);
    const all = titles.filter((title) => title !== time);
    this.#at = (columns.length === 0 ? all : columns).map((title) => titles.indexOf(title));
  }

  /** false: read no further. */
  take({ line, cells, problem }: RecordedRow): boolean {
    const row = ++this.#rows;
    const wrong = (message: string): void => {
      this.#problems.push({ path: ['file'], message: `row ${row}, line ${line}: ${message}`, hint: null });
    };
    if (problem !== null) {
      wrong(problem);
      return this.#problems.length < MOST_PROBLEMS;
    }
    this.#readers ??= this.#at.map((at) => {
      const title = this.#titles[at] as string;
      return new ColumnReader(title, cells[at] as string, this.#request.texts.includes(title));
    });
    const first = (row - 1) * this.#at.length;
    if (first + this.#at.length > MOST_CELLS) {
      wrong(`more than ${MOST_CELLS} cells; name those you need in columns`);
      return false;
    }
    if (first + this.#at.length > this.#values.length) this.#grow(first + this.#at.length);
    this.#readers.forEach((reader, i) => {
      const value = reader.read(cells[this.#at[i] as number] as string);
      if (typeof value === 'string') wrong(value);
      else this.#values[first + i] = value;
    });
    if (this.#timeAt >= 0) this.#takeTime(cells[this.#timeAt] as string, wrong);
    return this.#problems.length < MOST_PROBLEMS;
  }

  finish(key: string): Recording | { problems: ParamProblem[] } {
    const problems = this.#problems;
    const complain = (message: string): void => void problems.push({ path: ['file'], message, hint: null });
    if (this.#rows === 0) complain('the file has no rows');
    const columns: RecordedColumn[] = [];
    for (const [i, reader] of (problems.length > 0 ? [] : (this.#readers ?? [])).entries()) {
      const column = reader.finish(placeholderName(this.#titles[this.#at[i] as number] as string));
      if (typeof column === 'string') complain(column);
      else if (columns.some(({ name }) => name === column.name))
        complain(`two columns would be called <${column.name}>`);
      else columns.push(column);
    }
    if (problems.length > 0) return { problems };
    const values = shared(this.#values.subarray(0, this.#rows * columns.length));
    const times = this.#times;
    const startUs = times[0] ?? 0;
    const lastUs = (times.at(-1) ?? 0) - startUs;
    // The next round begins as long after the last row as two rows lie apart on average.
    const lengthUs = lastUs + (times.length > 1 ? Math.max(1, Math.round(lastUs / (times.length - 1))) : 1_000_000);
    const timesUs = this.#timeAt < 0 ? null : shared(Float64Array.from(times, (us) => us - startUs));
    return { key, rows: this.#rows, columns, values, timesUs, lengthUs };
  }

  #takeTime(cell: string, wrong: (message: string) => void): void {
    const title = this.#request.time;
    const us = recordedTimeUs(cell);
    if (us === null) wrong(`"${cell.slice(0, 40)}" under "${title}" is no time`);
    else if (us < (this.#times.at(-1) ?? 0)) wrong(`"${cell}" under "${title}" is earlier than the row before`);
    else this.#times.push(us);
  }

  #grow(needed: number): void {
    const larger = new Float64Array(Math.max(needed, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}

function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.length * 8));
  copy.set(values);
  return copy;
}
