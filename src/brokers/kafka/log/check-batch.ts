import type { Crc32c } from '../../../wire/kafka/crc32c.ts';
import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { BatchField, Codec, MAGIC } from '../../../wire/kafka/record-batch.ts';
import { LOG_OVERHEAD } from '../../../wire/kafka/record-batch-header.ts';
import { int64At } from './int64.ts';

/** Of Produce, which knows no Zstandard before. */
const ZSTD_SINCE = 7;
/** Bits of the attributes. */
const Attribute = { compression: 0x07, transactional: 0x10, control: 0x20 } as const;

/** What a batch is checked against. */
export interface BatchRules {
  maxBytes: number;
  /** Of Produce. */
  version: number;
  crc32c: Crc32c;
}

/**
 * What is wrong with the records of a partition, `records` with a view of the same bytes, in the order in which Apache Kafka looks at it
 * (`ProduceRequest.validateRecords`, `UnifiedLog.analyzeAndValidateRecords`, `LogValidator.validateBatch`); `none` if they are one whole
 * batch. Compressed records are not looked into.
 */
export function checkBatch(records: Uint8Array, view: DataView, { maxBytes, version, crc32c }: BatchRules): number {
  const { length } = records;
  if (length < BatchField.records || LOG_OVERHEAD + view.getInt32(BatchField.length) !== length)
    return ErrorCode.invalidRecord;
  if (view.getInt8(BatchField.magic) !== MAGIC) return ErrorCode.invalidRecord;
  const attributes = view.getInt16(BatchField.attributes);
  const compression = attributes & Attribute.compression;
  if (compression === Codec.zstd && version < ZSTD_SINCE) return ErrorCode.unsupportedCompression;
  if (length > maxBytes) return ErrorCode.messageTooLarge;
  if (int64At(view, BatchField.baseOffset) !== 0) return ErrorCode.invalidRecord;
  if (crc32c(records, BatchField.attributes, length) !== view.getUint32(BatchField.crc))
    return ErrorCode.corruptMessage;
  const count = view.getInt32(BatchField.count);
  if (count < 1 || view.getInt32(BatchField.lastOffsetDelta) !== count - 1) return ErrorCode.invalidRecord;
  if (compression > Codec.zstd || (attributes & (Attribute.control | Attribute.transactional)) !== 0)
    return ErrorCode.invalidRecord;
  const idempotent = view.getBigInt64(BatchField.producerId) !== -1n;
  if (idempotent && view.getInt32(BatchField.baseSequence) < 0) return ErrorCode.invalidRecord;
  return ErrorCode.none;
}
