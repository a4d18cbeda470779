import type { Clock } from '../../core/clock.ts';
import type { FetchSettings } from '../../wire/kafka/fetch.ts';
import type { BrokerAddress, KafkaCluster } from './cluster.ts';
import { FetchLink, type FetchLinkEvents } from './fetch-link.ts';
import type { PartitionReading } from './partition-reading.ts';

/** The connections of a source: up to `perBroker` to each leader, its partitions spread evenly over them. */
export class ReadingLinks {
  readonly #cluster: KafkaCluster;
  readonly #clock: Clock;
  readonly #settings: FetchSettings;
  readonly #perBroker: number;
  readonly #events: FetchLinkEvents;
  #links: FetchLink[] = [];

  constructor(
    cluster: KafkaCluster,
    clock: Clock,
    settings: FetchSettings,
    perBroker: number,
    events: FetchLinkEvents,
  ) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#settings = settings;
    this.#perBroker = perBroker;
    this.#events = {
      ...events,
      ended: (link, readings, reason) => {
        this.#forget(link);
        events.ended(link, readings, reason);
      },
    };
  }

  get count(): number {
    return this.#links.length;
  }

  /**
   * Has a partition asked for at its leader. Resolves when the connection is there; where it cannot be had, rejects as
   * `KafkaCluster.connect` does, and this and whatever else was to go over it is told by `ended`.
   */
  async assign(reading: PartitionReading, leader: BrokerAddress): Promise<void> {
    const links = this.#links.filter(({ broker }) => isSame(broker, leader));
    const idlest = links.reduce<FetchLink | null>(
      (least, link) => (least === null || link.partitions < least.partitions ? link : least),
      null,
    );
    if (idlest !== null && (links.length >= this.#perBroker || idlest.partitions === 0)) {
      idlest.assign(reading);
      return;
    }
    const link = new FetchLink(leader, this.#cluster, this.#clock, this.#settings, this.#events);
    this.#links.push(link);
    link.assign(reading);
    try {
      await link.open();
    } catch (error) {
      this.#forget(link);
      this.#events.ended(link, link.close(), 'cannot be reached');
      throw error;
    }
  }

  /** Closes connections to brokers that are not where they were; returns what was asked for there. */
  leave(brokers: readonly BrokerAddress[]): PartitionReading[] {
    return this.#close(({ broker }) => !brokers.some((other) => isSame(broker, other)));
  }

  /** Closes connections on which nothing is asked for. */
  closeIdle(): void {
    this.#close(({ partitions }) => partitions === 0);
  }

  close(): void {
    for (const link of this.#links) link.close();
    this.#links = [];
  }

  #close(which: (link: FetchLink) => boolean): PartitionReading[] {
    return this.#links.filter(which).flatMap((link) => {
      this.#forget(link);
      return link.close();
    });
  }

  #forget(link: FetchLink): void {
    this.#links = this.#links.filter((other) => other !== link);
  }
}

function isSame(a: BrokerAddress, b: BrokerAddress): boolean {
  return a.id === b.id && a.host === b.host && a.port === b.port;
}
