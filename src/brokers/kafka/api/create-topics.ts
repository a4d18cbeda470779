import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { type Api, type BrokerState, NODE_ID } from '../request.ts';
import type { TopicOutcome } from '../topics.ts';

interface Wanted {
  name: string;
  partitions: number;
  replication: number;
  /** Replicas by partition. */
  assignments: { partition: number; replicas: number[] }[];
  configs: Map<string, string>;
}

/** Creates topics; numbers of partitions and replicas may be left to the broker (-1). */
export const createTopicsApi: Api = {
  key: 19,
  name: 'CreateTopics',
  versions: [0, 4],
  handle({ reader, version }, broker) {
    const wanted = reader.array((): Wanted => {
      const name = reader.string();
      const partitions = reader.int32();
      const replication = reader.int16();
      const assignments = reader.array(() => ({
        partition: reader.int32(),
        replicas: reader.array(() => reader.int32()),
      }));
      const configs = reader.array(() => [reader.string(), reader.nullableString() ?? ''] as const);
      return { name, partitions, replication, assignments, configs: new Map(configs) };
    });
    reader.int32();
    const validateOnly = version >= 1 && reader.boolean();
    const writer = new ProtocolWriter();
    if (version >= 2) writer.int32(0);
    writer.array(wanted, (topic) => {
      const outcome = create(topic, broker, validateOnly);
      const [error, message] = 'topic' in outcome ? [ErrorCode.none, null] : [outcome.error, outcome.message];
      writer.string(topic.name).int16(error);
      if (version >= 1) writer.string(message);
    });
    return { pieces: [writer.take()] };
  },
};

function create(wanted: Wanted, broker: BrokerState, validateOnly: boolean): TopicOutcome {
  const { name, replication, assignments, configs } = wanted;
  const replicas = assignments.length > 0 ? assignments.map((one) => one.replicas) : [];
  if (assignments.length === 0 && replication !== -1 && replication !== 1)
    return { error: ErrorCode.invalidReplicationFactor, message: `replication factor ${replication} with 1 broker` };
  if (replicas.some((ids) => ids.length !== 1 || ids[0] !== NODE_ID))
    return { error: ErrorCode.invalidReplicaAssignment, message: `there is broker ${NODE_ID} only` };
  const asked = wanted.partitions === -1 ? broker.defaultPartitions : wanted.partitions;
  return broker.topics.create(name, assignments.length > 0 ? assignments.length : asked, configs, validateOnly);
}
