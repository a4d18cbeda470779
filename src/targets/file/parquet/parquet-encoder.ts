import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { FileEncoder } from '../formats/format.ts';
import type { ColumnValue, ParquetTable } from './parquet-table.ts';

/** A row group holds at most so many events, and bytes of payload: it is in memory as values, and encoding it holds up everything else. */
const GROUP_ROWS = 8192;
const GROUP_BYTES = 4 * 1024 * 1024;
/** What the end of a file takes: for each column, and for each column of a row group. */
const FOOTER_COLUMN = 160;
const FOOTER_CHUNK = 200;
const LENGTH_BYTES = 8;

/** What an encoder needs of the library, which is loaded on use. */
export interface ParquetLibrary {
  ByteWriter: typeof ByteWriter;
  ParquetWriter: typeof ParquetWriter;
}

export type ParquetCodec = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]['codec']>;
export type ParquetCompressors = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]['compressors']>;

/** One Parquet file, row group by row group. */
export class ParquetEncoder implements FileEncoder {
  readonly #table: ParquetTable;
  readonly #bytes: ByteWriter;
  readonly #file: ParquetWriter;
  #columns: ColumnValue[][];
  #rows = 0;
  /** Bytes of the payloads that wait for their row group. */
  #waiting = 0;
  #groups = 0;

  constructor(table: ParquetTable, library: ParquetLibrary, codec: ParquetCodec, compressors: ParquetCompressors) {
    this.#table = table;
    this.#bytes = new library.ByteWriter();
    this.#file = new library.ParquetWriter({
      writer: this.#bytes,
      schema: table.schema,
      codec,
      compressors,
      createdBy: 'iotload',
    });
    this.#columns = table.names.map(() => []);
  }

  get size(): number {
    const footer = this.#columns.length * (FOOTER_COLUMN + (this.#groups + 1) * FOOTER_CHUNK);
    return this.#bytes.offset + this.#waiting + footer;
  }

  /** A value takes hardly more than its text, once lengths and levels are added. */
  sizeOf(bytes: number): number {
    return bytes + this.#columns.length * LENGTH_BYTES;
  }

  add(bytes: Uint8Array, from: number, to: number, fleet: number, slot: number): boolean {
    if (!this.#table.add(this.#columns, bytes, from, to, fleet, slot)) return false;
    this.#rows++;
    this.#waiting += this.sizeOf(to - from);
    if (this.#rows === GROUP_ROWS || this.#waiting >= GROUP_BYTES) this.#group();
    return true;
  }

  take(): Uint8Array | null {
    const { index, buffer } = this.#bytes;
    if (index === 0) return null;
    const bytes = new Uint8Array(buffer, 0, index).slice();
    this.#bytes.index = 0;
    return bytes;
  }

  finish(): void {
    if (this.#rows > 0) this.#group();
    this.#file.finish();
  }

  #group(): void {
    const columnData = this.#columns.map((data, i) => ({ name: this.#table.names[i] as string, data }));
    this.#file.write({ columnData, rowGroupSize: this.#rows });
    this.#columns = this.#columns.map(() => []);
    this.#rows = 0;
    this.#waiting = 0;
    this.#groups++;
  }
}
