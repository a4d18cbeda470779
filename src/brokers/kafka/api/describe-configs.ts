import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { type Api, type BrokerState, NODE_ID } from '../request.ts';
import { MESSAGE_MAX_BYTES } from '../topics.ts';

const Resource = { topic: 2, broker: 4 } as const;
/** Where a value comes from: the topic's own, the broker's, Kafka's. */
const Origin = { topic: 1, file: 4, default: 5 } as const;

interface Entry {
  name: string;
  value: string;
  origin: number;
}

/** What the topics of this broker amount to, in Kafka's terms. */
const topicDefaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'max.message.bytes': `${MESSAGE_MAX_BYTES}`,
  'message.timestamp.type': 'CreateTime',
  'min.insync.replicas': '1',
  'retention.bytes': '-1',
  'retention.ms': '-1',
};

/** Settings of topics and of the broker; those that it does not have are absent. */
export const describeConfigsApi: Api = {
  key: 32,
  name: 'DescribeConfigs',
  versions: [0, 3],
  handle({ reader, version }, broker) {
    const resources = reader.array(() => {
      const [type, name] = [reader.int8(), reader.string()];
      const count = reader.arrayLength();
      const keys = Array.from({ length: Math.max(0, count) }, () => reader.string());
      return { type, name, keys: count === -1 ? null : new Set(keys) };
    });
    const writer = new ProtocolWriter(1024).int32(0);
    writer.array(resources, ({ type, name, keys }) => {
      const entries = entriesOf(type, name, broker);
      writer.int16(entries === null ? ErrorCode.unknownTopicOrPartition : ErrorCode.none).string(null);
      writer.int8(type).string(name);
      const told = (entries ?? []).filter((entry) => keys === null || keys.has(entry.name));
      writer.array(told, (entry) => writeEntry(entry, version, writer));
    });
    return { pieces: [writer.take()] };
  },
};

function writeEntry({ name, value, origin }: Entry, version: number, writer: ProtocolWriter): void {
  writer.string(name).string(value).boolean(false);
  if (version === 0) writer.boolean(origin !== Origin.topic);
  else writer.int8(origin);
  writer.boolean(false);
  // No synonyms; the type is a string; no documentation.
  if (version >= 1) writer.int32(0);
  if (version >= 3) writer.int8(2).string(null);
}

function entriesOf(type: number, name: string, broker: BrokerState): Entry[] | null {
  if (type === Resource.broker && (name === `${NODE_ID}` || name === '')) {
    const settings = {
      'auto.create.topics.enable': 'true',
      'default.replication.factor': '1',
      'message.max.bytes': `${MESSAGE_MAX_BYTES}`,
      'min.insync.replicas': '1',
      'num.partitions': `${broker.defaultPartitions}`,
    };
    return Object.entries(settings).map(([key, value]) => ({ name: key, value, origin: Origin.file }));
  }
  const topic = type === Resource.topic ? broker.topics.get(name) : undefined;
  if (topic === undefined) return null;
  const own = Array.from(topic.configs, ([key, value]) => ({ name: key, value, origin: Origin.topic }));
  const others = Object.entries(topicDefaults).filter(([key]) => !topic.configs.has(key));
  return [...own, ...others.map(([key, value]) => ({ name: key, value, origin: Origin.default }))];
}
