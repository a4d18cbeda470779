/** Where the fields of a record batch of version 2 begin, counted from its first byte; all big-endian. */
export const BatchField = {
  /** int64: offset of the first record; the broker's. */
  baseOffset: 0,
  /** int32: bytes that follow this field. */
  length: 8,
  /** int32. */
  leaderEpoch: 12,
  /** int8: 2. */
  magic: 16,
  /** uint32: CRC-32C of everything from `attributes` on. */
  crc: 17,
  /** int16: bits 0–2 the codec, 3 the broker's time, 4 transactional, 5 control. */
  attributes: 21,
  /** int32: number of the last record, from 0. */
  lastOffsetDelta: 23,
  /** int64, milliseconds since 1970 UTC. */
  baseTimestamp: 27,
  maxTimestamp: 35,
  /** int64, int16 and int32: −1 without idempotence. */
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  /** int32. */
  count: 57,
  records: 61,
} as const;

/** The only version of batches that this house knows, which Kafka has had since 0.11. */
export const MAGIC = 2;

/** Bits 0 to 2 of a batch's attributes. */
export const Codec = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
export type Codec = (typeof Codec)[keyof typeof Codec];
