import type { Clock } from '../../core/clock.ts';
import type { KafkaCluster } from './cluster.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { retryPauseMs } from './retry-pause.ts';

/** Gives partitions the identities they ask for. Those that wait together get the same: sequence numbers count within a partition. */
export class ProducerIdentities {
  readonly #cluster: KafkaCluster;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #given: (queue: PartitionQueue) => void;
  #waiting = new Set<PartitionQueue>();
  #asking = false;
  #failures = 0;
  #closed = false;
  #cancel: () => void = () => {};

  /** `given` is called for each partition that has got one. */
  constructor(cluster: KafkaCluster, clock: Clock, random: () => number, given: (queue: PartitionQueue) => void) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#random = random;
    this.#given = given;
  }

  want(queue: PartitionQueue): void {
    this.#waiting.add(queue);
    if (!this.#asking) void this.#ask();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      const identity = await this.#cluster.producerIdentity();
      this.#asking = false;
      if (this.#closed) return;
      this.#failures = 0;
      const waiting = this.#waiting;
      this.#waiting = new Set();
      for (const queue of waiting) queue.identify(identity);
      for (const queue of waiting) this.#given(queue);
    } catch {
      // What waits for it has its own time limit.
      if (this.#closed) return;
      this.#cancel = this.#clock.after(retryPauseMs(this.#failures++, this.#random()), () => void this.#ask());
    }
  }
}
