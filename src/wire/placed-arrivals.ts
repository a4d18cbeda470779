import { IotloadError } from '../core/errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Arrivals of which is kept where they were stored. */
export const placedKinds = ['duplicate', 'reordered', 'corrupt'] as const;
export type PlacedKind = (typeof placedKinds)[number];

/** Of a target with several topics, partition p of topic t has the number t · this + p. */
export const PARTITIONS_PER_TOPIC = 1_048_576;

/** A partition as people read it: `3`, and of the second of several topics `2:3`. */
export function partitionName(number: number): string {
  if (number < PARTITIONS_PER_TOPIC) return `${number}`;
  return `${Math.floor(number / PARTITIONS_PER_TOPIC) + 1}:${number % PARTITIONS_PER_TOPIC}`;
}

/** Where an arrival that is at fault was stored; of a duplicate, each copy that came after the first. */
export interface PlacedArrival {
  kind: PlacedKind;
  slot: number;
  partition: number;
  offset: number;
}

/** What was read of a partition, without a gap unless one was told: the offsets `from … to`, the last one not among them. */
export interface StoredRange {
  partition: number;
  /** Where it belongs to one of several topics, that one's name. */
  topic?: string;
  from: number;
  to: number;
  /** Offsets among them that have no record, the first of them: each hole by its first and the one behind its last. */
  holes?: [from: number, to: number][];
}

/** Writes `(kind + 1, slot, partition, offset)* 0`, all varints. */
export function writePlaced(writer: ByteWriter, placed: readonly PlacedArrival[]): void {
  for (const { kind, slot, partition, offset } of placed) {
    writer.varint(placedKinds.indexOf(kind) + 1);
    for (const value of [slot, partition, offset]) writer.varint(value);
  }
  writer.varint(0);
}

/** Appends what `writePlaced` wrote. Throws IotloadError `file-corrupt`. */
export function readPlaced(reader: ByteReader, into: PlacedArrival[]): void {
  for (let code = reader.varint(); code > 0; code = reader.varint()) {
    const kind = placedKinds[code - 1];
    if (kind === undefined)
      throw new IotloadError('file-corrupt', 'an arrival is of an unknown kind', { value: `${code}` });
    into.push({ kind, slot: reader.varint(), partition: reader.varint(), offset: reader.varint() });
  }
}
