import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { BatchField } from '../../../wire/kafka/record-batch.ts';
import type { BatchFate, NewBatch, ProduceFaults, RequestFate } from '../faults/produce-faults.ts';
import { recordsOf } from '../log/batch-records.ts';
import { checkBatch } from '../log/check-batch.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { type SequenceCheck, sequenceBehind } from '../log/producer-states.ts';
import type { Api, BrokerState, Reply, Request } from '../request.ts';

/** Records for one partition, and what became of them. */
interface Produced {
  index: number;
  error: number;
  baseOffset: number;
  /** null where they were refused at first sight. */
  batch: { log: PartitionLog; bytes: Uint8Array; view: DataView } | null;
}

interface ProduceRequest {
  acks: number;
  topics: { name: string; partitions: Produced[] }[];
}

const NO_PRODUCER = -1n;

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

function produce(request: Request, broker: BrokerState): Reply | Promise<Reply> {
  const { faults } = broker;
  const produced = read(request, broker);
  if (faults !== null) return harm(produced, request.version, faults, broker);
  for (const { partitions } of produced.topics) for (const one of partitions) settle(one, null);
  return answer(produced, request.version, null);
}

function read({ reader, version }: Request, broker: BrokerState): ProduceRequest {
  // Of a transaction: there is none here, and a batch that belongs to one is refused.
  reader.nullableString();
  const acks = reader.int16();
  reader.int32();
  const topics = reader.array(() => {
    const name = reader.string();
    const topic = broker.topics.get(name);
    const partitions = reader.array((): Produced => {
      const [index, bytes] = [reader.int32(), reader.nullableBytes()];
      const refused = (error: number): Produced => ({ index, error, baseOffset: -1, batch: null });
      const log = topic?.partitions[index];
      if (acks < -1 || acks > 1) return refused(ErrorCode.invalidRequiredAcks);
      if (topic === undefined || log === undefined) return refused(ErrorCode.unknownTopicOrPartition);
      if (bytes === null) return refused(ErrorCode.invalidRecord);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const error = checkBatch(bytes, view, { maxBytes: topic.maxMessageBytes, version, crc32c: broker.crc32c });
      if (error !== ErrorCode.none) return refused(error);
      if (broker.store.isFull) return refused(ErrorCode.storageError);
      return { index, error, baseOffset: -1, batch: { log, bytes, view } };
    });
    return { name, partitions };
  });
  return { acks, topics };
}

/** Stores a batch, or what its fate leaves of it. */
function settle(produced: Produced, fate: BatchFate | null): void {
  const { batch } = produced;
  if (batch === null) return;
  const { log, bytes } = batch;
  const sequence = sequenceOf(batch);
  switch (sequence.kind) {
    case 'out-of-order':
      produced.error = ErrorCode.outOfOrderSequence;
      return;
    case 'old-epoch':
      produced.error = ErrorCode.invalidProducerEpoch;
      return;
    case 'duplicate':
      produced.baseOffset = sequence.offset;
      return;
  }
  const stored = fate === null ? bytes : fate.stored;
  const baseOffset = log.endOffset;
  if (stored !== null) log.append(stored, 0, stored.length);
  if (fate?.taken !== false) {
    produced.baseOffset = baseOffset;
    if (sequence.producerId !== NO_PRODUCER) {
      const { producerId, epoch, first, last } = sequence;
      log.producers.add(producerId, epoch, first, last, baseOffset);
    }
  }
  if (fate === null) return;
  if (fate.behind !== null) log.append(fate.behind, 0, fate.behind.length);
  if (fate.error === ErrorCode.none) return;
  produced.error = fate.error;
  produced.baseOffset = -1;
}

/** What its producer's numbers say of a batch. */
function sequenceOf({ log, view }: NonNullable<Produced['batch']>) {
  const producerId = view.getBigInt64(BatchField.producerId);
  const epoch = view.getInt16(BatchField.producerEpoch);
  const first = view.getInt32(BatchField.baseSequence);
  const last = sequenceBehind(first, view.getInt32(BatchField.lastOffsetDelta));
  const check: SequenceCheck =
    producerId === NO_PRODUCER ? { kind: 'next' } : log.producers.check(producerId, epoch, first, last);
  return { ...check, producerId, epoch, first, last };
}

/** The same with harm done on purpose to what is stored for the first time. */
async function harm(
  request: ProduceRequest,
  version: number,
  faults: ProduceFaults,
  broker: BrokerState,
): Promise<Reply> {
  const cameUs = broker.clock.nowUs();
  const named = request.topics.flatMap(({ name, partitions }) => partitions.map((produced) => ({ name, produced })));
  const records = await Promise.all(
    named.map(({ produced: { batch } }) => (batch === null ? null : recordsOf(batch.bytes).catch(() => null))),
  );
  // From here to the last batch stored nothing is waited for, so that what is decided still holds.
  const fresh: { produced: Produced; batch: NewBatch }[] = [];
  for (const [i, { name, produced }] of named.entries()) {
    const found = records[i] ?? null;
    if (found === null || produced.batch === null) continue;
    const { kind } = sequenceOf(produced.batch);
    if (kind === 'duplicate') faults.duplicate(found);
    if (kind !== 'next') continue;
    const { log, bytes } = produced.batch;
    fresh.push({ produced, batch: { topic: name, partition: produced.index, log, bytes, records: found } });
  }
  const fate = faults.judge(
    fresh.map(({ batch }) => batch),
    request.acks,
    cameUs,
  );
  const fates = new Map(fresh.map(({ produced }, i) => [produced, fate.batches[i] as BatchFate]));
  for (const { produced } of named) settle(produced, fates.get(produced) ?? null);
  return fate.cut ? 'hang-up' : answer(request, version, fate);
}

function answer({ acks, topics }: ProduceRequest, version: number, fate: RequestFate | null): Reply {
  if (acks === 0) {
    const refused = topics.some(({ partitions }) => partitions.some(({ error }) => error !== ErrorCode.none));
    return refused ? 'hang-up' : null;
  }
  const writer = new ProtocolWriter(128);
  writer.array(topics, ({ name, partitions }) => {
    writer.string(name).array(partitions, ({ index, error, baseOffset }) => {
      writer.int32(index).int16(error).int64(baseOffset).int64(-1);
      if (version >= 5) writer.int64(error === ErrorCode.none ? 0 : -1);
      // No error of a single record, no text.
      if (version >= 8) writer.int32(0).string(null);
    });
  });
  const pieces = [writer.int32(fate?.throttleMs ?? 0).take()];
  return fate === null ? { pieces } : { pieces, holdUntilUs: fate.holdUntilUs, leaves: fate.answered };
}
