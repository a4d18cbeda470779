import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { IotloadError } from '../../../core/errors.ts';
import type { FileEncoder } from '../formats/format.ts';
import type { ColumnValue, ParquetTable } from './parquet-table.ts';

/** A row group holds at most so many events, and bytes of payload: it is in memory as values. */
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

/** Rows that become a row group, column by column. */
interface Group {
  columns: ColumnValue[][];
  rows: number;
  bytes: number;
  /** Columns that are encoded. */
  encoded: number;
}

/**
 * One Parquet file, row group by row group. A step of the work is one column of a row group, so that nobody waits for all of them at once.
 */
export class ParquetEncoder implements FileEncoder {
  readonly #table: ParquetTable;
  readonly #bytes: ByteWriter;
  readonly #file: ParquetWriter;
  /** Full row groups that are not encoded yet, or in part. */
  readonly #full: Group[] = [];
  #filling: Group;
  /** Bytes of the payloads in these. */
  #waiting = 0;
  #groups = 0;
  #state: 'open' | 'ending' | 'ended' = 'open';

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
    this.#filling = this.#newGroup();
  }

  get size(): number {
    const footer = this.#table.names.length * (FOOTER_COLUMN + (this.#groups + 1) * FOOTER_CHUNK);
    return this.#bytes.offset + this.#waiting + footer;
  }

  get held(): number {
    return this.#waiting;
  }

  get isReady(): boolean {
    return this.#full.length > 0 || this.#state === 'ending';
  }

  /** A value takes hardly more than its text, once lengths and levels are added. */
  sizeOf(bytes: number): number {
    return bytes + this.#table.names.length * LENGTH_BYTES;
  }

  add(bytes: Uint8Array, from: number, to: number, fleet: number, slot: number): boolean {
    const group = this.#filling;
    if (!this.#table.add(group.columns, bytes, from, to, fleet, slot)) return false;
    const size = this.sizeOf(to - from);
    group.rows++;
    group.bytes += size;
    this.#waiting += size;
    if (group.rows === GROUP_ROWS || group.bytes >= GROUP_BYTES) this.#fill();
    return true;
  }

  take(): Uint8Array | null {
    const [group] = this.#full;
    if (group !== undefined) this.#encodeColumn(group);
    else if (this.#state === 'ending') {
      atOnce(this.#file.finish());
      this.#state = 'ended';
    } else return null;
    const { index, buffer } = this.#bytes;
    const bytes = new Uint8Array(buffer, 0, index).slice();
    this.#bytes.index = 0;
    return bytes;
  }

  finish(): void {
    if (this.#filling.rows > 0) this.#fill();
    this.#state = 'ending';
  }

  #newGroup(): Group {
    return { columns: this.#table.names.map(() => []), rows: 0, bytes: 0, encoded: 0 };
  }

  #fill(): void {
    this.#full.push(this.#filling);
    this.#filling = this.#newGroup();
    this.#groups++;
  }

  #encodeColumn(group: Group): void {
    const i = group.encoded++;
    const data = group.columns[i] as ColumnValue[];
    group.columns[i] = [];
    const columnData = [{ name: this.#table.names[i] as string, data }];
    atOnce(this.#file.write({ columnData, rowGroupSize: group.rows }));
    if (group.encoded < group.columns.length) return;
    this.#joinColumns(group);
    this.#full.shift();
    this.#waiting -= group.bytes;
  }

  /** The library makes a row group of what it is given at once; here the last ones are the columns of one. */
  #joinColumns({ columns, rows }: Group): void {
    const parts = this.#file.row_groups.splice(-columns.length);
    this.#file.row_groups.push({
      columns: parts.flatMap((part) => part.columns),
      num_rows: BigInt(rows),
      total_byte_size: parts.reduce((sum, { total_byte_size }) => sum + total_byte_size, 0n),
      total_compressed_size: parts.reduce((sum, part) => sum + (part.total_compressed_size ?? 0n), 0n),
    });
    this.#file.num_rows -= BigInt(rows * (columns.length - 1));
  }
}

/** The library waits only for writers that do; ours is memory. */
function atOnce(done: unknown): void {
  if (done instanceof Promise) throw new IotloadError('defect', 'a Parquet file in memory is not written at once');
}
