import type { Clock, Micros } from '../../core/clock.ts';
import type { ClusterMetadata, KafkaCluster } from './cluster.ts';
import { retryPauseMs } from './retry-pause.ts';

/** Least time between two questions. */
const GAP_US = 100_000;

/** Asks who leads the partitions of a topic, one question at a time, as often as somebody wants to know and until every one has a leader. */
export class Leaders {
  readonly #cluster: KafkaCluster;
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #learned: (metadata: ClusterMetadata) => boolean;
  #wanted = false;
  #asking = false;
  #askedAtUs: Micros = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #closed = false;
  #cancel: (() => void) | null = null;

  /** `learned` takes what is known and says whether that is enough. */
  constructor(
    cluster: KafkaCluster,
    topic: string,
    clock: Clock,
    random: () => number,
    learned: (metadata: ClusterMetadata) => boolean,
  ) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#clock = clock;
    this.#random = random;
    this.#learned = learned;
  }

  /** Asks anew, soon. */
  want(): void {
    this.#wanted = true;
    if (this.#asking || this.#cancel !== null) return;
    const waitMs = (this.#askedAtUs + GAP_US - this.#clock.nowUs()) / 1000;
    this.#after(Math.max(0, waitMs));
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #after(ms: number): void {
    if (this.#closed) return;
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = null;
      void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#wanted = false;
    this.#asking = true;
    this.#askedAtUs = this.#clock.nowUs();
    let enough = false;
    try {
      const metadata = await this.#cluster.metadata([this.#topic]);
      if (!this.#closed) enough = this.#learned(metadata);
    } catch {
      // Nobody can be asked now; what waits for an answer has its own time limit and says so.
    }
    this.#asking = false;
    if (enough) this.#failures = 0;
    else this.#after(retryPauseMs(this.#failures++, this.#random()));
    if (this.#wanted && this.#cancel === null) this.want();
  }
}
