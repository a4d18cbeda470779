import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import type { ProtocolReader } from '../../../wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { BatchField } from '../../../wire/kafka/record-batch.ts';
import { checkBatch } from '../log/check-batch.ts';
import { sequenceBehind } from '../log/producer-states.ts';
import type { Api, BrokerState, Reply, Request } from '../request.ts';

/** What became of the records for one partition. */
interface Produced {
  index: number;
  error: number;
  baseOffset: number;
}

/** Appends one batch to each of some partitions. */
export const produceApi: Api = {
  key: 0,
  name: 'Produce',
  versions: [3, 8],
  handle(request, broker, connection) {
    const room = broker.store.room();
    if (room === null) return produce(request, broker);
    return room.then(() => (connection.ended ? null : produce(request, broker)));
  },
};

function produce({ reader, version }: Request, broker: BrokerState): Reply {
  // Of a transaction: there is none here, and a batch that belongs to one is refused.
  reader.nullableString();
  const acks = reader.int16();
  reader.int32();
  const topics = reader.array(() => {
    const name = reader.string();
    return { name, partitions: reader.array(() => appendTo(name, acks, reader, version, broker)) };
  });
  if (acks === 0) return topics.some(({ partitions }) => partitions.some(isRefused)) ? 'hang-up' : null;
  const writer = new ProtocolWriter(128);
  writer.array(topics, ({ name, partitions }) => {
    writer.string(name).array(partitions, ({ index, error, baseOffset }) => {
      writer.int32(index).int16(error).int64(baseOffset).int64(-1);
      if (version >= 5) writer.int64(error === ErrorCode.none ? 0 : -1);
      // No error of a single record, no text.
      if (version >= 8) writer.int32(0).string(null);
    });
  });
  writer.int32(0);
  return { pieces: [writer.take()] };
}

function appendTo(
  topicName: string,
  acks: number,
  reader: ProtocolReader,
  version: number,
  broker: BrokerState,
): Produced {
  const index = reader.int32();
  const records = reader.nullableBytes();
  const refuse = (error: number): Produced => ({ index, error, baseOffset: -1 });
  if (acks < -1 || acks > 1) return refuse(ErrorCode.invalidRequiredAcks);
  const topic = broker.topics.get(topicName);
  const log = topic?.partitions[index];
  if (topic === undefined || log === undefined) return refuse(ErrorCode.unknownTopicOrPartition);
  if (records === null) return refuse(ErrorCode.invalidRecord);
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const error = checkBatch(records, view, { maxBytes: topic.maxMessageBytes, version, crc32c: broker.crc32c });
  if (error !== ErrorCode.none) return refuse(error);
  if (broker.store.isFull) return refuse(ErrorCode.storageError);
  const producerId = view.getBigInt64(BatchField.producerId);
  if (producerId === -1n) return { index, error: ErrorCode.none, baseOffset: log.append(records, 0, records.length) };
  const epoch = view.getInt16(BatchField.producerEpoch);
  const first = view.getInt32(BatchField.baseSequence);
  const last = sequenceBehind(first, view.getInt32(BatchField.lastOffsetDelta));
  const check = log.producers.check(producerId, epoch, first, last);
  switch (check.kind) {
    case 'duplicate':
      return { index, error: ErrorCode.none, baseOffset: check.offset };
    case 'out-of-order':
      return refuse(ErrorCode.outOfOrderSequence);
    case 'old-epoch':
      return refuse(ErrorCode.invalidProducerEpoch);
  }
  const baseOffset = log.append(records, 0, records.length);
  log.producers.add(producerId, epoch, first, last, baseOffset);
  return { index, error: ErrorCode.none, baseOffset };
}

function isRefused({ error }: Produced): boolean {
  return error !== ErrorCode.none;
}
