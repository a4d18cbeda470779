import { Broker, type Message } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A broker with partitions in which everything has its place for good. */
export class PartitionedBroker extends Broker {
  readonly partitions: Message[][];

  constructor(setting: Setting, clock: VirtualClock, dice: Dice, trace: Trace) {
    super(setting, clock, dice, trace);
    this.partitions = Array.from({ length: setting.partitions }, () => []);
  }

  override store(partition: number, message: Message): void {
    const stored = this.partitions[partition] as Message[];
    this.trace.note('stored', partition, stored.length, message.fleet, message.slot);
    stored.push(message);
  }
}
