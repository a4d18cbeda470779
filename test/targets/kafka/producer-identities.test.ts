import { describe, expect, it } from 'vitest';
import { PartitionQueue } from '../../../src/targets/kafka/partition-queue.ts';
import { ProducerIdentities } from '../../../src/targets/kafka/producer-identities.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { ModelCluster } from './model-cluster.ts';
import { eventOf, numberOf, QueueBench } from './queue-bench.ts';

/** Partitions that ask a model for identities. */
class Asking {
  readonly clock = new VirtualClock(0);
  readonly cluster = new ModelCluster(this.clock, 1);
  /** Partitions that were told, with the time in ms. */
  readonly given: string[] = [];
  readonly askedAtMs: number[] = [];
  failures = 0;
  readonly identities = new ProducerIdentities(
    this.cluster,
    this.clock,
    () => 1,
    ({ partition }) => this.given.push(`${partition} at ${this.clock.nowUs() / 1000}`),
  );

  constructor() {
    this.cluster.onIdentity = () => {
      this.askedAtMs.push(this.clock.nowUs() / 1000);
      if (this.failures-- > 0) throw new Error('no identity yet');
    };
  }

  /** A partition with one event that waits for an identity. */
  queue(partition: number): PartitionQueue {
    const nothing = (): void => {};
    const queue = new PartitionQueue(partition, new QueueBench().settings, {
      settled: nothing,
      resent: nothing,
      held: nothing,
      wantsLeader: nothing,
      wantsIdentity: nothing,
      shortened: nothing,
      remake: () => null,
    });
    queue.lead();
    queue.append(eventOf(0), 0, 0, 0);
    return queue;
  }

  until(ms: number): Promise<void> {
    return this.clock.advance(ms * 1000);
  }
}

/** Identity and sequence of what a partition sends, or null where it has to wait. */
function sent(queue: PartitionQueue): string | null {
  const batch = queue.take(10_000_000, 0);
  return batch === null ? null : numberOf(batch);
}

describe('ProducerIdentities', () => {
  it('asks at once, and gives those who wait together one identity, those later another', async () => {
    const asking = new Asking();
    const [one, two, three] = [asking.queue(1), asking.queue(2), asking.queue(3)];
    for (const queue of [one, two, two]) asking.identities.want(queue);
    await asking.until(500);
    expect([asking.cluster.identities, asking.given]).toEqual([1, ['1 at 0', '2 at 0']]);
    expect(sent(three)).toBeNull();
    asking.identities.want(three);
    await asking.until(1_000);
    expect([one, two, three].map(sent)).toEqual(['1000/0', '1000/0', '1001/0']);
    expect(asking.given.slice(2)).toEqual(['3 at 500']);
  });

  it('asks once more after pauses that grow, also for those who came meanwhile', async () => {
    const asking = new Asking();
    asking.failures = 3;
    asking.identities.want(asking.queue(1));
    await asking.until(700);
    asking.identities.want(asking.queue(2));
    await asking.until(5_000);
    expect(asking.askedAtMs).toEqual([0, 200, 600, 1_400]);
    expect(asking.given).toEqual(['1 at 1400', '2 at 1400']);
    asking.failures = 1;
    asking.identities.want(asking.queue(3));
    await asking.until(10_000);
    expect(asking.askedAtMs.slice(4)).toEqual([5_000, 5_200]);
  });

  it('neither asks nor gives once it is closed', async () => {
    const pausing = new Asking();
    pausing.failures = 1;
    pausing.identities.want(pausing.queue(1));
    await pausing.until(100);
    pausing.identities.close();
    await pausing.until(5_000);
    expect(pausing.askedAtMs).toEqual([0]);
    const asked = new Asking();
    asked.identities.want(asked.queue(1));
    asked.identities.close();
    await asked.until(5_000);
    expect([asked.cluster.identities, asked.given]).toEqual([1, []]);
  });
});
