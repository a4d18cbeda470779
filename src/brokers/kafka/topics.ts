import { ErrorCode } from '../../wire/kafka/error-codes.ts';
import type { BlockStore } from '../block-store.ts';
import { SpillFile } from '../spill-file.ts';
import { PartitionLog } from './log/partition-log.ts';

/** What a broker of Kafka allows by default, bytes of a batch with its header. */
export const MESSAGE_MAX_BYTES = 1_048_588;
/** Partitions of all topics together. */
const MAX_PARTITIONS = 10_000;

/** A topic and its partitions. */
export interface Topic {
  readonly name: string;
  readonly partitions: readonly PartitionLog[];
  /** As they were given at its creation. */
  readonly configs: ReadonlyMap<string, string>;
  readonly maxMessageBytes: number;
  readonly file: SpillFile;
}

/** A topic, or why there is none. */
export type TopicOutcome = { topic: Topic } | { error: number; message: string };

/** The topics of a broker. */
export class Topics {
  readonly #byName = new Map<string, Topic>();
  readonly #store: BlockStore;
  #partitions = 0;

  constructor(store: BlockStore) {
    this.#store = store;
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  /** In the order of their creation. */
  all(): Iterable<Topic> {
    return this.#byName.values();
  }

  partition(name: string, index: number): PartitionLog | undefined {
    return this.#byName.get(name)?.partitions[index];
  }

  create(name: string, partitions: number, configs: ReadonlyMap<string, string>, validateOnly = false): TopicOutcome {
    const refused = this.#problem(name, partitions, configs);
    if (refused !== null) return refused;
    const file = new SpillFile();
    const topic = {
      name,
      partitions: Array.from({ length: partitions }, () => new PartitionLog(this.#store, file)),
      configs,
      maxMessageBytes: Number(configs.get('max.message.bytes') ?? MESSAGE_MAX_BYTES),
      file,
    };
    if (validateOnly) return { topic };
    this.#byName.set(name, topic);
    this.#partitions += partitions;
    return { topic };
  }

  /** Whether there was one. */
  delete(name: string): boolean {
    const topic = this.#byName.get(name);
    if (topic === undefined) return false;
    this.#byName.delete(name);
    this.#partitions -= topic.partitions.length;
    for (const log of topic.partitions) log.drop();
    topic.file.close();
    return true;
  }

  #problem(name: string, partitions: number, configs: ReadonlyMap<string, string>) {
    const refuse = (error: number, message: string) => ({ error, message });
    if (!/^[A-Za-z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..')
      return refuse(ErrorCode.invalidTopic, 'a topic has 1 to 249 letters, digits, ".", "_" and "-" for a name');
    if (this.#byName.has(name)) return refuse(ErrorCode.topicAlreadyExists, `topic ${name} exists already`);
    if (partitions < 1) return refuse(ErrorCode.invalidPartitions, 'a topic has at least one partition');
    if (this.#partitions + partitions > MAX_PARTITIONS)
      return refuse(ErrorCode.policyViolation, `this broker keeps ${MAX_PARTITIONS} partitions at most`);
    const bytes = configs.get('max.message.bytes');
    if (bytes !== undefined && !(/^\d{1,10}$/.test(bytes) && Number(bytes) <= MESSAGE_MAX_BYTES))
      return refuse(ErrorCode.invalidConfig, `max.message.bytes is ${MESSAGE_MAX_BYTES} here at most`);
    return null;
  }
}
