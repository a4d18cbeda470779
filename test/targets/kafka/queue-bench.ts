import { createEventBatch, type EventBatch } from '../../../src/core/event-batch.ts';
import { outcomeNames } from '../../../src/core/outcome.ts';
import { BatchPool } from '../../../src/targets/kafka/batch-pool.ts';
import type { ProducerIdentity } from '../../../src/targets/kafka/cluster.ts';
import { PartitionQueue, type QueueSettings } from '../../../src/targets/kafka/partition-queue.ts';
import type { ProduceBatch } from '../../../src/targets/kafka/produce-batch.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';

/** An event with its slot as payload, padded to a length. */
export function eventOf(slot: number, bytes = 10): EventBatch {
  const batch = createEventBatch(1, bytes + 8);
  const text = `${slot}`.padEnd(bytes, '.');
  batch.count = 1;
  batch.slots[0] = slot;
  batch.identities[0] = 0;
  batch.payloads[0] = 0;
  batch.end = new TextEncoder().encodeInto(text, batch.bytes).written;
  batch.ends[0] = batch.end;
  return batch;
}

/** A partition's queue on a table: time is set, answers are given, everything it tells is written down. */
export class QueueBench {
  readonly pool = new BatchPool();
  readonly queue: PartitionQueue;
  readonly settings: QueueSettings;
  /** `acked acks-all: 1 2 3`, one per call, in their order. */
  readonly told: string[] = [];
  /** Slots that were sent again. */
  readonly again: string[] = [];
  readonly asked: string[] = [];
  /** Length of each event's payload; others than these cannot be made again. */
  readonly lengths = new Map<number, number>();
  nowUs = 1_000_000;
  #identities = 0;
  #slots = 0;

  constructor(settings: Partial<QueueSettings> = {}) {
    this.settings = {
      lingerUs: 5_000,
      timeoutUs: 30_000_000,
      batchBytes: 16 * 1024,
      acks: -1,
      idempotent: true,
      codec: null,
      pool: this.pool,
      random: () => 0.5,
      ...settings,
    };
    this.queue = new PartitionQueue(3, this.settings, {
      settled: (_queue, batch, outcome, reason) =>
        this.told.push(`${outcomeNames[outcome]} ${reason}: ${slotsOf(batch).join(' ')}`),
      resent: (batch) => this.again.push(slotsOf(batch).join(' ')),
      held: () => {},
      wantsLeader: () => this.asked.push('leader'),
      wantsIdentity: () => this.asked.push('identity'),
      shortened: () => this.asked.push('shortened'),
      remake: (_fleet, slot) => {
        const bytes = this.lengths.get(slot);
        return bytes === undefined ? null : eventOf(slot, bytes);
      },
    });
  }

  /** A fresh identity. */
  identify(): ProducerIdentity {
    const identity = { id: BigInt(++this.#identities), epoch: 0 };
    this.queue.identify(identity);
    return identity;
  }

  /** One event; its slot counts from 1. */
  put(bytes = 10): void {
    const slot = ++this.#slots;
    this.lengths.set(slot, bytes);
    this.queue.append(eventOf(slot, bytes), 0, this.nowUs, Math.floor(this.nowUs / 1000));
  }

  /** One event in a batch of its own, which goes out as soon as it may. */
  putAlone(): void {
    this.put();
    this.nowUs += this.settings.lingerUs;
  }

  /** What goes out now. */
  take(): ProduceBatch | null {
    return this.queue.take(this.nowUs, 0);
  }

  /** What goes out now; throws where nothing does. */
  taken(): ProduceBatch {
    const batch = this.take();
    if (batch === null) throw new Error('nothing goes out');
    return batch;
  }

  answer(batch: ProduceBatch, code: number): void {
    this.queue.answered(batch, code, this.nowUs);
  }

  lose(batch: ProduceBatch): void {
    this.queue.lost(batch, 'connection lost', true, this.nowUs);
  }

  /** The leader is found again, and the pause is over. */
  recover(): void {
    this.queue.lead();
    this.nowUs += 1_000_000;
  }

  /** A partition under way: led, with an identity under which one batch, slot 1, was stored. */
  static underWay(settings: Partial<QueueSettings> = {}): QueueBench {
    const bench = new QueueBench(settings);
    bench.queue.lead();
    bench.identify();
    bench.putAlone();
    bench.answer(bench.taken(), 0);
    bench.told.length = 0;
    return bench;
  }

  /** Sends so many batches of an event each, from slot 2 on. */
  send(count: number): ProduceBatch[] {
    return Array.from({ length: count }, () => {
      this.putAlone();
      return this.taken();
    });
  }
}

export function slotsOf(batch: ProduceBatch): number[] {
  return Array.from(batch.slots.subarray(0, batch.count));
}

/** Identity and sequence under which a batch goes out: `1/0`. */
export function numberOf(batch: ProduceBatch): string {
  // As bytes, not as it says.
  const piece = batch.piece(3, crc32cInJs);
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  return `${view.getBigInt64(8 + 43)}/${view.getInt32(8 + 53)}`;
}
