import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { type Api, type BrokerState, CLUSTER_ID, NODE_ID } from '../request.ts';
import type { Topic } from '../topics.ts';

/** Of clients that do not say what they may do; see KIP-430. */
const NO_OPERATIONS = -2147483648;

/** Brokers, topics and their partitions; topics that are asked for come into being, unless the client says otherwise. */
export const metadataApi: Api = {
  key: 3,
  name: 'Metadata',
  versions: [0, 8],
  handle({ reader, version }, broker) {
    const count = reader.arrayLength();
    const names = Array.from({ length: Math.max(0, count) }, () => reader.string());
    const mayCreate = version < 4 || reader.boolean();
    // An empty list meant all of them once.
    const all = count === -1 || (version === 0 && count === 0);
    const found = all
      ? Array.from(broker.topics.all(), (topic) => ({ name: topic.name, error: ErrorCode.none as number, topic }))
      : names.map((name) => ({ name, ...find(name, mayCreate, broker) }));
    const writer = new ProtocolWriter(1024);
    if (version >= 3) writer.int32(0);
    writer.int32(1).int32(NODE_ID).string(broker.host).int32(broker.port());
    if (version >= 1) writer.string(null);
    if (version >= 2) writer.string(CLUSTER_ID);
    if (version >= 1) writer.int32(NODE_ID);
    writer.array(found, ({ name, error, topic }) => {
      writer.int16(error).string(name);
      if (version >= 1) writer.boolean(false);
      writer.int32(topic?.partitions.length ?? 0);
      for (let index = 0; index < (topic?.partitions.length ?? 0); index++) {
        writer.int16(ErrorCode.none).int32(index).int32(NODE_ID);
        if (version >= 7) writer.int32(0);
        // Replicas, and those in sync.
        writer.int32(1).int32(NODE_ID).int32(1).int32(NODE_ID);
        if (version >= 5) writer.int32(0);
      }
      if (version >= 8) writer.int32(NO_OPERATIONS);
    });
    if (version >= 8) writer.int32(NO_OPERATIONS);
    return { pieces: [writer.take()] };
  },
};

function find(name: string, mayCreate: boolean, broker: BrokerState): { error: number; topic: Topic | undefined } {
  const topic = broker.topics.get(name);
  if (topic !== undefined) return { error: ErrorCode.none, topic };
  if (!mayCreate) return { error: ErrorCode.unknownTopicOrPartition, topic };
  const outcome = broker.topics.create(name, broker.defaultPartitions, new Map());
  return 'topic' in outcome ? { error: ErrorCode.none, ...outcome } : { error: outcome.error, topic };
}
