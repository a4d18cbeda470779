import { expect } from 'vitest';
import { outcomeNames } from '../../../src/core/outcome.ts';
import type { ProduceOptions } from '../../../src/targets/kafka/produce-sink.ts';
import type { Sink } from '../../../src/targets/target.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { Feeder } from './feeder.ts';
import { ModelCluster } from './model-cluster.ts';
import { openOnModel } from './produce-sink-fixture.ts';

/** A sink on a model of brokers, in virtual time. */
export class SinkWorld {
  readonly clock = new VirtualClock();
  readonly record = new SinkRecord();
  readonly fleet = testFleet(0, 40, '<device>');
  readonly cluster: ModelCluster;
  sink!: Sink;
  feeder!: Feeder;

  constructor(partitions: number, brokers: number) {
    this.cluster = new ModelCluster(this.clock, partitions, brokers);
  }

  static async open(options: Partial<ProduceOptions> = {}, partitions = 2, brokers = 2): Promise<SinkWorld> {
    const world = new SinkWorld(partitions, brokers);
    await world.open(options);
    return world;
  }

  async open(options: Partial<ProduceOptions> = {}): Promise<void> {
    const { clock, record, fleet, cluster } = this;
    const context = { ...sinkContext(record, [fleet]), clock };
    this.sink = await this.done(openOnModel(cluster, options, context));
    this.feeder = new Feeder(clock, this.sink, fleet, record);
  }

  /** Lets time go on until a promise has its result. */
  async done<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    await this.clock.advance(this.clock.nowUs() + 600_000_000, () => settled);
    expect(settled).toBe(true);
    return watched;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(this.clock.nowUs() + ms * 1000);
  }

  /** `acked acks-all 12`, sorted. */
  get outcomes(): string[] {
    const counts = new Map<string, number>();
    for (const { outcome, reason } of this.record.outcomes.values()) {
      const key = `${outcomeNames[outcome]} ${reason}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].map(([key, count]) => `${key} ${count}`).sort();
  }
}
