import type { AsyncBuffer, Compressors, FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { createDeliveredBatch } from '../../delivered-batch.ts';
import type { SourceEvents } from '../../target.ts';
import type { FileDecoder } from '../formats/format.ts';
import type { ReadableFile } from '../line-reader.ts';
import type { ColumnValue, ParquetTable } from './parquet-table.ts';

const MAX_EVENTS = 4096;
const FIRST_BUFFER = 1024 * 1024;
/** Bytes of UTF-8 that a unit of a text takes at most. */
const UNIT_BYTES = 3;

/** What a decoder needs of the library, which is loaded on use. */
export interface ParquetReading {
  parquetMetadataAsync: typeof parquetMetadataAsync;
  parquetRead: typeof parquetRead;
}

/** Reads a complete Parquet file, one row group in memory. Its position counts rows. */
export class ParquetDecoder implements FileDecoder {
  readonly #table: ParquetTable;
  readonly #library: ParquetReading;
  readonly #compressors: Compressors;
  readonly #file: AsyncBuffer;
  readonly #events: SourceEvents;
  readonly #nowUs: () => number;
  #position: number;
  #bytes = Buffer.allocUnsafe(FIRST_BUFFER);
  #end = 0;
  readonly #batch = createDeliveredBatch(MAX_EVENTS, this.#bytes);

  constructor(
    table: ParquetTable,
    library: ParquetReading,
    compressors: Compressors,
    file: ReadableFile & { size: number },
    events: SourceEvents,
    nowUs: () => number,
    position: number,
  ) {
    this.#table = table;
    this.#library = library;
    this.#compressors = compressors;
    this.#file = { byteLength: file.size, slice: (start, end = file.size) => readRange(file, start, end) };
    this.#events = events;
    this.#nowUs = nowUs;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  async readOn(isClosed: () => boolean): Promise<void> {
    const metadata = await this.#library.parquetMetadataAsync(this.#file);
    this.#checkColumns(metadata);
    let first = 0;
    for (const { num_rows } of metadata.row_groups) {
      const next = first + Number(num_rows);
      if (next > this.#position) await this.#readGroup(metadata, Math.max(first, this.#position), next, isClosed);
      if (isClosed()) return;
      first = next;
    }
  }

  async #readGroup(metadata: FileMetaData, rowStart: number, rowEnd: number, isClosed: () => boolean): Promise<void> {
    let rows: ColumnValue[][] = [];
    await this.#library.parquetRead({
      file: this.#file,
      metadata,
      rowStart,
      rowEnd,
      utf8: false,
      compressors: this.#compressors,
      parsers: { timestampFromMilliseconds: Number, timestampFromMicroseconds: Number },
      onComplete: (all) => {
        rows = all as ColumnValue[][];
      },
    });
    if (isClosed()) return;
    for (const row of rows) this.#append(this.#table.payloadOf(row));
    this.#deliver();
  }

  #append(payload: string | Uint8Array): void {
    const batch = this.#batch;
    if (batch.count === MAX_EVENTS) this.#deliver();
    const most = typeof payload === 'string' ? payload.length * UNIT_BYTES : payload.length;
    if (this.#end + most > this.#bytes.length) {
      this.#deliver();
      if (most > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(most);
    }
    const start = this.#end;
    if (typeof payload === 'string') this.#end += this.#bytes.write(payload, start);
    else {
      this.#bytes.set(payload, start);
      this.#end += payload.length;
    }
    const i = batch.count++;
    batch.addressStarts[i] = start;
    batch.addressEnds[i] = start;
    batch.payloadStarts[i] = start;
    batch.payloadEnds[i] = this.#end;
  }

  #deliver(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    batch.bytes = this.#bytes;
    batch.atUs = this.#nowUs();
    this.#events.delivered(batch);
    this.#position += batch.count;
    batch.count = 0;
    this.#end = 0;
  }

  #checkColumns({ schema }: FileMetaData): void {
    const shape = (elements: readonly { name: string; type?: string; num_children?: number }[]): string =>
      elements.map(({ name, type, num_children }) => `${name} ${type ?? num_children}`).join();
    if (shape(schema) !== shape(this.#table.schema)) throw new RangeError('its columns are not those of this run');
  }
}

async function readRange(file: ReadableFile, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new RangeError('it ends too early');
    at += bytesRead;
  }
  return bytes.buffer;
}
