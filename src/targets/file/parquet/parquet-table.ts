import type { TargetFleet } from '../../target.ts';
import {
  type ParquetValue,
  parquetColumns,
  RESCUED,
  type SchemaElement,
  schemaOf,
  sharedColumns,
} from './parquet-schema.ts';
import { joinRow } from './row-joiner.ts';
import { type Cell, RowSplitter } from './row-splitter.ts';

/** Events as rows, whatever their columns are. */
export interface ParquetTable {
  readonly schema: SchemaElement[];
  readonly names: readonly string[];
  /** The values of event `bytes[from … to)`, one appended to each column; false, and nothing appended, where no column can hold it. */
  add(columns: ColumnValue[][], bytes: Uint8Array, from: number, to: number, fleet: number, slot: number): boolean;
  /** The payload of a row as it was. */
  payloadOf(row: readonly ColumnValue[]): string | Uint8Array;
}

export type ColumnValue = ParquetValue | Uint8Array | undefined;

/** The table for payloads of these fleets. @throws IotloadError `bad-scenario` where there is no one table for all of them */
export function tableFor(fleets: readonly TargetFleet[]): ParquetTable {
  return sharedColumns(fleets) === null ? payloadTable(fleets) : columnTable(fleets);
}

/** A column for each value. Where payloads are malformed by design there is one more, for the text of those that fit no column. */
function columnTable(fleets: readonly TargetFleet[]): ParquetTable {
  const payload = sharedColumns(fleets) as NonNullable<ReturnType<typeof sharedColumns>>;
  const columns = parquetColumns(payload, (fleets[0] as TargetFleet).name);
  const rescues = fleets.some(({ damaged = false }) => damaged);
  const rescued: SchemaElement = {
    name: RESCUED,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    repetition_type: 'OPTIONAL',
  };
  const splitter = new RowSplitter(payload);
  const cells: Cell[] = payload.columns.map(() => null);
  const decoder = new TextDecoder();
  return {
    schema: schemaOf([...columns.map(({ elements }) => elements), ...(rescues ? [[rescued]] : [])]),
    names: [...columns.map(({ name }) => name), ...(rescues ? [RESCUED] : [])],
    add(into, bytes, from, to) {
      const fits = splitter.split(bytes, from, to, cells);
      if (!fits && !rescues) return false;
      if (!fits) cells.fill(null);
      let at = 0;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as (typeof columns)[number];
        into[i]?.push(column.build(cells, at));
        at += column.width;
      }
      if (rescues) into[columns.length]?.push(fits ? null : decoder.decode(bytes.subarray(from, to)));
      return true;
    },
    payloadOf(row) {
      const text = rescues ? row[columns.length] : null;
      if (typeof text === 'string') return text;
      let at = 0;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as (typeof columns)[number];
        column.flatten(row[i] as ParquetValue, cells, at);
        at += column.width;
      }
      return joinRow(payload, cells);
    },
  };
}

/** The payload as it is, and whose it is: for formats that hold no values of text. */
function payloadTable(fleets: readonly TargetFleet[]): ParquetTable {
  const nameOf = new Map(fleets.map(({ index, name }) => [index, name]));
  return {
    schema: schemaOf([
      [{ name: 'fleet', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }],
      [{ name: 'slot', type: 'INT64', repetition_type: 'REQUIRED' }],
      [{ name: 'payload', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }],
    ]),
    names: ['fleet', 'slot', 'payload'],
    add(into, bytes, from, to, fleet, slot) {
      into[0]?.push(nameOf.get(fleet) ?? '');
      // A copy by design stands between two slots.
      into[1]?.push(BigInt(Math.floor(slot)));
      into[2]?.push(bytes.slice(from, to));
      return true;
    },
    payloadOf: (row) => row[2] as Uint8Array,
  };
}
