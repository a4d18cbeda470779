import type { FieldNode } from './field-tree.ts';
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
}

/** A payload format: turns a schema into ops, once per fleet. Writing them is the same for all formats. */
export interface Codec {
  readonly name: string;
  readonly doc: string;
  /** Its payloads may hold any byte, so that they cannot stand in lines of text. */
  readonly binary?: boolean;
  /** @throws IotloadError `bad-scenario` for a placeholder that is unknown or that the format cannot hold. */
  layout(schema: PayloadSchema): PayloadLayout;
  /**
   * The layout's ops changed so that they write, at the same places and in as many bytes, what no reader of the format accepts. Absent
   * where every sequence of bytes is a payload; null for a layout that has no such place.
   */
  malform?(ops: readonly Op[]): readonly Op[] | null;
}
