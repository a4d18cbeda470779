import type { ParquetWriter } from 'hyparquet-writer';
import type { Column, ColumnType, PayloadColumns } from '../../../codecs/columns/column.ts';
import { IotloadError } from '../../../core/errors.ts';
import type { TargetFleet } from '../../target.ts';
import { isMicros } from './instant.ts';
import type { Cell } from './row-splitter.ts';

/** An element of a schema as the library that writes it knows it. */
export type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** A value in a row of Parquet: that of a column, or what stands within a group or list. */
export type ParquetValue = Cell | bigint | { [name: string]: ParquetValue } | ParquetValue[];

/** A top-level column: the values of some columns of the payload, in their order. */
export interface ParquetColumn {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  /** Takes as many of the cells as it has, from `at` on. */
  build(cells: readonly Cell[], at: number): ParquetValue;
  /** The reverse. */
  flatten(value: ParquetValue, cells: Cell[], at: number): void;
  /** How many columns of the payload it has. */
  readonly width: number;
}

/** Where the text of a payload goes that fits no column, by the name that readers of a data lake know. */
export const RESCUED = '_rescued_data';

/**
 * Columns of the payloads under the types that a data engineer expects: nested members are groups, lists are lists, texts are strings,
 * `<time.iso>` and `<time.utc>` are timestamps in UTC, whole numbers are INT32 or INT64, others doubles. Every value may be null, no group or list is.
 * @throws IotloadError `bad-scenario` for a list of different things
 */
export function parquetColumns({ columns }: PayloadColumns, fleet: string): ParquetColumn[] {
  return groupByName(columns, 0).map(([name, members]) => columnOf(String(name), members, 1, fleet));
}

/** The columns that all fleets share; null where their payloads are not told in columns. @throws IotloadError `bad-scenario` where they differ */
export function sharedColumns(fleets: readonly TargetFleet[]): PayloadColumns | null {
  let shared: PayloadColumns | null | undefined;
  for (const { name, columns = null } of fleets) {
    if (shared !== undefined && JSON.stringify(columns) !== JSON.stringify(shared)) {
      throw new IotloadError('bad-scenario', `fleet ${name} has other columns than the fleets before it`, {
        where: 'target.format',
        value: 'parquet',
        hint: 'a file has one schema: give all fleets the same fields, or run them one by one into files of their own',
      });
    }
    shared = columns;
  }
  return shared ?? null;
}

/** Elements of a schema with these columns. */
export function schemaOf(columns: readonly (readonly SchemaElement[])[]): SchemaElement[] {
  return [{ name: 'event', num_children: columns.length }, ...columns.flat()];
}

/** The element of a column of one type. */
export function elementOf(name: string, type: ColumnType): SchemaElement {
  const element = { name, repetition_type: 'OPTIONAL' as const };
  switch (type.kind) {
    case 'boolean':
      return { ...element, type: 'BOOLEAN' };
    case 'integer':
      return { ...element, type: type.wide ? 'INT64' : 'INT32' };
    case 'decimal':
    case 'double':
    case 'number':
      return { ...element, type: 'DOUBLE' };
    case 'instant': {
      const unit = isMicros(type.decimals) ? 'MICROS' : 'MILLIS';
      const logical_type = { type: 'TIMESTAMP' as const, isAdjustedToUTC: true, unit } as const;
      return { ...element, type: 'INT64', converted_type: `TIMESTAMP_${unit}`, logical_type };
    }
    default:
      return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
  }
}

type Step = string | number;

/** Neighbours with the same name at a depth of their paths. */
function groupByName(columns: readonly Column[], depth: number): [Step, Column[]][] {
  const groups: [Step, Column[]][] = [];
  for (const column of columns) {
    const step = column.path[depth] as Step;
    const last = groups.at(-1);
    if (last?.[0] === step) last[1].push(column);
    else groups.push([step, [column]]);
  }
  return groups;
}

/** `depth`: how many steps of the paths lead to it. */
function columnOf(name: string, members: readonly Column[], depth: number, fleet: string): ParquetColumn {
  const [first] = members as [Column, ...Column[]];
  if (first.path.length === depth) return leafColumn(name, first);
  if (typeof first.path[depth] === 'number') return listColumn(name, members, depth, fleet);
  return groupColumn(name, members, depth, fleet);
}

function leafColumn(name: string, { type }: Column): ParquetColumn {
  return {
    name,
    elements: [elementOf(name, type)],
    width: 1,
    build: (cells, at) => storedValue(type, cells[at] as Cell),
    flatten: (value, cells, at) => {
      cells[at] = cellOf(value);
    },
  };
}

function groupColumn(name: string, members: readonly Column[], depth: number, fleet: string): ParquetColumn {
  const children = groupByName(members, depth).map(([step, inner]) => columnOf(String(step), inner, depth + 1, fleet));
  return {
    name,
    elements: [
      { name, repetition_type: 'REQUIRED', num_children: children.length },
      ...children.flatMap(({ elements }) => elements),
    ],
    width: members.length,
    build(cells, at) {
      const value: { [name: string]: ParquetValue } = {};
      for (const child of children) {
        value[child.name] = child.build(cells, at);
        at += child.width;
      }
      return value;
    },
    flatten(value, cells, at) {
      for (const child of children) {
        child.flatten((value as { [name: string]: ParquetValue })[child.name] ?? null, cells, at);
        at += child.width;
      }
    },
  };
}

function listColumn(name: string, members: readonly Column[], depth: number, fleet: string): ParquetColumn {
  const [first] = members as [Column, ...Column[]];
  const element = elementOf('element', first.type);
  const alike = members.every(
    ({ path, type }) =>
      path.length === depth + 1 && JSON.stringify(elementOf('element', type)) === JSON.stringify(element),
  );
  if (!alike) {
    throw new IotloadError('bad-scenario', `${first.path.slice(0, depth).join('.')} is a list of different things`, {
      where: `fleets.${fleet}.payload`,
      hint: 'a list of Parquet has one type: give its items names, or write format: lines',
    });
  }
  const width = members.length;
  return {
    name,
    elements: [
      { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      element,
    ],
    width,
    build: (cells, at) => members.map(({ type }, i) => storedValue(type, cells[at + i] as Cell)),
    flatten(value, cells, at) {
      for (let i = 0; i < width; i++) cells[at + i] = cellOf((value as ParquetValue[] | null)?.[i] ?? null);
    },
  };
}

/** What the library takes for INT64 is a BigInt. */
function storedValue(type: ColumnType, cell: Cell): Cell | bigint {
  return type.kind === 'integer' && type.wide && cell !== null ? BigInt(cell) : cell;
}

/** INT64 comes back as BigInt; what stands in our columns is exact as a number. */
function cellOf(value: unknown): Cell {
  return typeof value === 'bigint' ? Number(value) : ((value ?? null) as Cell);
}
