import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One line of a recording: its cells in the order of the titles, or what is wrong with it. */
export interface RecordedRow {
  /** Line of the file, from 1. */
  line: number;
  cells: readonly string[];
  problem: string | null;
}

/** Titles, then rows; a file of one kind. */
export interface RecordedRows {
  titles: readonly string[];
  rows: AsyncIterable<RecordedRow>;
}

/** Opens a CSV file with a header, or JSON Lines, by the end of its name. Rejects for what cannot be read at all. */
export async function openRows(file: string): Promise<RecordedRows> {
  const rows = /\.(jsonl|ndjson)$/i.test(file) ? jsonRows(file) : csvRows(file);
  const first = await rows.next();
  return { titles: first.done === true ? [] : first.value.cells, rows };
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/** The header first. */
async function* csvRows(file: string): AsyncGenerator<RecordedRow> {
  const { parse } = await import('csv-parse');
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      info: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  let width = -1;
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    if (width < 0) width = record.length;
    const problem = record.length === width ? null : `${record.length} cells under ${width} titles`;
    yield { line: info.lines, cells: record, problem };
  }
}

/** The keys of the first object come first, as titles. */
async function* jsonRows(file: string): AsyncGenerator<RecordedRow> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let titles: string[] | null = null;
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const { row, problem } = objectOf(text);
    if (titles === null) {
      titles = Object.keys(row);
      yield { line, cells: titles, problem };
    }
    const known: string[] = titles;
    const cells = known.map((title) => cellOf(row[title]));
    const stray = Object.keys(row).find((key) => !known.includes(key));
    yield { line, cells, problem: problem ?? (stray === undefined ? null : `"${stray}" is not in the first line`) };
  }
}

function objectOf(text: string): { row: Readonly<Record<string, unknown>>; problem: string | null } {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return { row: {}, problem: 'this is no JSON object' };
    const nested = Object.entries(row).find(([, value]) => typeof value === 'object' && value !== null);
    return {
      row: row as Record<string, unknown>,
      problem: nested === undefined ? null : `"${nested[0]}" is not one value`,
    };
  } catch {
    return { row: {}, problem: 'this is no JSON' };
  }
}

/** What is missing or null is an empty cell. */
function cellOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
