import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { firstSince } from '../log/batch-records.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { Api } from '../request.ts';

/** What is asked for instead of a time. */
const LATEST = -1;
const EARLIEST = -2;

interface Found {
  error: number;
  timestamp: number;
  offset: number;
}

/** Offsets of the first and of the next record of a partition, and of the first since a time. */
export const listOffsetsApi: Api = {
  key: 2,
  name: 'ListOffsets',
  versions: [1, 5],
  async handle({ reader, version }, broker) {
    reader.int32();
    if (version >= 2) reader.int8();
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const index = reader.int32();
        if (version >= 4) reader.int32();
        return { index, timestamp: reader.safeInt64() };
      });
      return { name, partitions };
    });
    const writer = new ProtocolWriter();
    if (version >= 2) writer.int32(0);
    writer.int32(topics.length);
    for (const { name, partitions } of topics) {
      writer.string(name).int32(partitions.length);
      for (const { index, timestamp } of partitions) {
        const log = broker.topics.partition(name, index);
        if (log !== undefined && timestamp === LATEST) broker.faults?.release(log);
        const found = log === undefined ? unknown : await find(log, timestamp);
        writer.int32(index).int16(found.error).int64(found.timestamp).int64(found.offset);
        if (version >= 4) writer.int32(found.offset === -1 ? -1 : 0);
      }
    }
    return { pieces: [writer.take()] };
  },
};

const unknown: Found = { error: ErrorCode.unknownTopicOrPartition, timestamp: -1, offset: -1 };

async function find(log: PartitionLog, timestamp: number): Promise<Found> {
  if (timestamp === LATEST) return { error: ErrorCode.none, timestamp: -1, offset: log.endOffset };
  if (timestamp === EARLIEST) return { error: ErrorCode.none, timestamp: -1, offset: log.startOffset };
  const slice = timestamp < 0 ? null : await log.since(timestamp);
  if (slice === null) return { error: ErrorCode.none, timestamp: -1, offset: -1 };
  try {
    return { error: ErrorCode.none, ...(await firstSince(slice.bytes.subarray(slice.from, slice.to), timestamp)) };
  } catch {
    return { error: ErrorCode.unknownServerError, timestamp: -1, offset: -1 };
  } finally {
    log.release(slice);
  }
}
