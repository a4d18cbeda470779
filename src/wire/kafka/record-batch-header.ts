/*
 * Header of a record batch (magic 2), all big-endian; its records follow. The checksum covers everything behind itself.
 *
 *   baseOffset:i64 length:i32 leaderEpoch:i32 magic:i8 crc:u32
 *   attributes:i16 lastOffsetDelta:i32 baseTimestamp:i64 maxTimestamp:i64 producerId:i64 producerEpoch:i16 baseSequence:i32 count:i32
 *
 * `length` counts what comes behind it. Sets of messages before Kafka 0.11 (magic 0 and 1) begin alike as far as the magic.
 * Source: the documentation of Apache Kafka, "Record Batch".
 */
const At = {
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  producerId: 43,
  count: 57,
} as const;

/** Bytes before the length, and the length. */
export const LOG_OVERHEAD = 12;
/** Bytes of the header: where the records begin. */
export const BATCH_HEADER_BYTES = 61;
/** Least bytes of a message of magic 0 behind its length. */
const OLD_MESSAGE_BYTES = 14;

/** Bits of the attributes above the compression's three. */
const Attribute = { compression: 0x07, transactional: 0x10, control: 0x20 } as const;

/** A batch as its header tells, reused. Positions count from the start of the bytes in which it stands. */
export interface BatchHeader {
  /** Where the batch ends. */
  end: number;
  magic: number;
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
    magic: 2,
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
  const length = view.getInt32(at + At.length);
  if (length < OLD_MESSAGE_BYTES || into.baseOffset < 0) return 'malformed';
  if (length > to - at - LOG_OVERHEAD) return 'cut';
  into.end = at + LOG_OVERHEAD + length;
  into.magic = view.getInt8(at + At.magic);
  into.lastOffset = into.baseOffset;
  if (into.magic !== 2) return into.magic === 0 || into.magic === 1 ? 'whole' : 'malformed';
  if (into.end - at < BATCH_HEADER_BYTES) return 'malformed';
  const attributes = view.getInt16(at + At.attributes);
  const lastOffsetDelta = view.getInt32(at + At.lastOffsetDelta);
  into.crc = view.getUint32(at + At.crc);
  into.crcStart = at + At.attributes;
  into.compression = attributes & Attribute.compression;
  into.transactional = (attributes & Attribute.transactional) !== 0;
  into.control = (attributes & Attribute.control) !== 0;
  into.lastOffset = into.baseOffset + lastOffsetDelta;
  into.producerId = offsetAt(view, at + At.producerId);
  into.count = view.getInt32(at + At.count);
  return lastOffsetDelta < 0 || into.count < 0 ? 'malformed' : 'whole';
}

/** An int64 that a double holds exactly as long as it is below 2⁵³, which offsets and producer ids are; beyond, −1. */
function offsetAt(view: DataView, at: number): number {
  const value = view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : -1;
}
