import type { PayloadColumns } from './columns/column.ts';
import type { FieldNode, FieldPath } from './field-tree.ts';
import type { Op } from './layout.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What is to be written, resolved from the plan. */
export interface PayloadSchema {
  /** In order of writing. */
  fields: readonly FieldNode[];
  /** Members that carry the event's identity, appended by the codec; null for none. */
  identity: readonly Op[] | null;
  /** Shorter payloads are filled up to this many bytes; absent for as long as they are. */
  padTo?: number;
  /** Where the format is JSON: a blank behind each comma and colon. */
  spaced?: true;
  /** What the payload's schema file says; absent where the format needs none. */
  wire?: WireSchema;
  vocabulary: Vocabulary;
}

/** Ops [from, to) of a layout. */
export interface OpRange {
  from: number;
  to: number;
}

/** How a payload is written, and where in it device and time stand. */
export interface PayloadLayout {
  ops: readonly Op[];
  /** Names of the columns, as a line of text without its end; absent where payloads have no columns. */
  header?: string;
  /** Where the first `<device>` stands; null without one. */
  device: OpRange | null;
  /** Where the first `<time.…>` stands. */
  time: OpRange | null;
  /** Where the first `<sequence>` and the first `<run>` stand. */
  sequence: OpRange | null;
  run: OpRange | null;
}

/** What a schema file says, read once: plain data, so that it travels in a plan. */
export interface WireSchema {
  /** The schema in its format's own JSON form, for readers and for the record. */
  definition: unknown;
  /** The type of the payload as the codec's layout wants it. */
  type: unknown;
}

/** Something that keeps fields from being written in a format. */
export interface FieldProblem {
  /** Where below the fields. */
  path: FieldPath;
  message: string;
  hint: string | null;
}

/** What a format needs to be told by a file. */
export interface SchemaReader {
  /** Reads the schema file at `path`, absolute; `message` names the type of the payload where the file has several. */
  read(path: string, message: string | null): Promise<WireSchema | { problem: Omit<FieldProblem, 'path'> }>;
  /** All that keeps fields from being written so. Placeholders have been checked before. */
  check(schema: PayloadSchema): FieldProblem[];
}

/** A payload format: turns a schema into ops, once per fleet. Writing them is the same for all formats. */
export interface Codec {
  readonly name: string;
  readonly doc: string;
  /** Its payloads may hold any byte, so that they cannot stand in lines of text. */
  readonly binary?: boolean;
  /** Absent where payloads need no schema file. */
  readonly schema?: SchemaReader;
  /** @throws IotloadError `bad-scenario` for a placeholder that is unknown or that the format cannot hold. */
  layout(schema: PayloadSchema): PayloadLayout;
  /** The payload as values under names; null for a schema that cannot be told so, absent where the format is no text of values. */
  columns?(schema: PayloadSchema): PayloadColumns | null;
  /**
   * The layout's ops changed so that they write, at the same places and in as many bytes, what no reader of the format accepts. Absent
   * where every sequence of bytes is a payload; null for a layout that has no such place.
   */
  malform?(ops: readonly Op[]): readonly Op[] | null;
  /** A payload as people read it, JSON text; only where the format is binary. */
  show?(payload: Uint8Array, wire: WireSchema | undefined): Promise<string>;
}
