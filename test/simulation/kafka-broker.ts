import { ErrorCode } from '../../src/wire/kafka/error-codes.ts';
import { ModelLog, type ModelRecord } from '../targets/kafka/model-log.ts';
import type { Message } from './broker.ts';
import type { Dice } from './dice.ts';
import { PartitionedBroker } from './partitioned-broker.ts';
import type { Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { VirtualClock } from './virtual-clock.ts';

const encoder = new TextEncoder();

/** A log that takes whole batches and looks at producers' sequence numbers, as Kafka does; one or more brokers lead its partitions. */
export class KafkaBroker extends PartitionedBroker {
  /** By partition: the number of the broker that leads it. */
  readonly leaders: number[];
  identities = 0;
  readonly #logs: ModelLog[];
  /** What the world knows of a payload that has left a process. */
  readonly #slots = new Map<string, { fleet: number; slot: number }>();

  constructor(setting: Setting, clock: VirtualClock, dice: Dice, trace: Trace) {
    super(setting, clock, dice, trace);
    this.#logs = this.partitions.map(() => new ModelLog());
    this.leaders = this.partitions.map((_, partition) => partition % setting.kafka.brokers);
  }

  /** Somebody is about to send this. */
  know(payload: string, fleet: number, slot: number): void {
    this.#slots.set(payload, { fleet, slot });
  }

  slotOf({ value }: ModelRecord): { fleet: number; slot: number } {
    const known = this.#slots.get(value);
    if (known === undefined) throw new Error(`nobody has sent ${value}`);
    return known;
  }

  /** A partition has another leader, of which nobody is told before asking. */
  moveLeader(partition: number): void {
    const { brokers } = this.setting.kafka;
    const at = partition % this.leaders.length;
    this.leaders[at] = ((this.leaders[at] as number) + 1) % brokers;
    this.trace.fault('leader move', at);
  }

  /** Takes a batch that came to broker `id`, and says with what code; null: it never says. */
  produce(id: number, partition: number, bytes: Uint8Array, records: readonly ModelRecord[]): number | null {
    const [first] = this.#messagesOf(records.slice(0, 1));
    if (first === undefined) throw new Error('an empty batch');
    if (this.leaders[partition] !== id) return ErrorCode.notLeaderOrFollower;
    if (this.throttles(first)) return ErrorCode.notEnoughReplicas;
    if (this.happens('refuse', first)) return ErrorCode.topicAuthorizationFailed;
    if (this.happens('lost request', first)) return null;
    const log = this.#logs[partition] as ModelLog;
    const before = log.records.length;
    const { code } = log.append(bytes);
    if (code !== 0) {
      this.trace.note('refused', partition, code);
      return code;
    }
    for (const message of this.#messagesOf(log.records.slice(before))) this.keep(partition, message);
    if (this.happens('phantom', first)) return ErrorCode.topicAuthorizationFailed;
    return this.happens('lost answer', first) ? null : ErrorCode.none;
  }

  #messagesOf(records: readonly ModelRecord[]): Message[] {
    return records.map((record) => ({
      ...this.slotOf(record),
      kind: 'own',
      identity: encoder.encode(record.header ?? ''),
      payload: encoder.encode(record.value),
    }));
  }
}
