import { BatchField, MAGIC } from './record-batch.ts';

/** Bytes before the length, and the length. */
export const LOG_OVERHEAD = 12;
/** Least bytes of a message of magic 0 behind its length. */
const OLD_MESSAGE_BYTES = 14;

/** Bits of the attributes above the compression's three. */
const Attribute = { compression: 0x07, transactional: 0x10, control: 0x20 } as const;

/** A batch as its header tells, reused. Positions count from the start of the bytes in which it stands. */
export interface BatchHeader {
  /** Where the batch ends. */
  end: number;
  magic: number;
  /** Number of the leader's term in which it was written; −1 where nobody knows. */
  leaderEpoch: number;
  baseOffset: number;
  /** Offset of its last record, which compaction may have removed. */
  lastOffset: number;
  crc: number;
  /** What the checksum covers, up to `end`. */
  crcStart: number;
  /** Id of the codec. */
  compression: number;
  transactional: boolean;
  control: boolean;
  /** −1 for a producer without an identity. */
  producerId: number;
  count: number;
}

export function createBatchHeader(): BatchHeader {
  return {
    end: 0,
    magic: MAGIC,
    leaderEpoch: -1,
    baseOffset: 0,
    lastOffset: 0,
    crc: 0,
    crcStart: 0,
    compression: 0,
    transactional: false,
    control: false,
    producerId: -1,
    count: 0,
  };
}

/**
 * Reads the header at `at`. `cut`: the batch goes on behind `to`. `malformed`: no batch begins like this, and nobody can say where the next
 * one would. Of a magic other than 2, only `end`, `magic` and the offsets are set, the last one being the first.
 */
export function readBatchHeader(
  view: DataView,
  at: number,
  to: number,
  into: BatchHeader,
): 'whole' | 'cut' | 'malformed' {
  if (to - at < LOG_OVERHEAD) return 'cut';
  into.baseOffset = offsetAt(view, at);
  const length = view.getInt32(at + BatchField.length);
  if (length < OLD_MESSAGE_BYTES || into.baseOffset < 0) return 'malformed';
  if (length > to - at - LOG_OVERHEAD) return 'cut';
  into.end = at + LOG_OVERHEAD + length;
  into.magic = view.getInt8(at + BatchField.magic);
  into.leaderEpoch = -1;
  into.lastOffset = into.baseOffset;
  if (into.magic !== MAGIC) return into.magic === 0 || into.magic === 1 ? 'whole' : 'malformed';
  if (into.end - at < BatchField.records) return 'malformed';
  into.leaderEpoch = view.getInt32(at + BatchField.leaderEpoch);
  const attributes = view.getInt16(at + BatchField.attributes);
  const lastOffsetDelta = view.getInt32(at + BatchField.lastOffsetDelta);
  into.crc = view.getUint32(at + BatchField.crc);
  into.crcStart = at + BatchField.attributes;
  into.compression = attributes & Attribute.compression;
  into.transactional = (attributes & Attribute.transactional) !== 0;
  into.control = (attributes & Attribute.control) !== 0;
  into.lastOffset = into.baseOffset + lastOffsetDelta;
  into.producerId = offsetAt(view, at + BatchField.producerId);
  into.count = view.getInt32(at + BatchField.count);
  return lastOffsetDelta < 0 || into.count < 0 ? 'malformed' : 'whole';
}

/** An int64 that a double holds exactly as long as it is below 2⁵³, which offsets and producer ids are; beyond, −1. */
function offsetAt(view: DataView, at: number): number {
  const value = view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : -1;
}
