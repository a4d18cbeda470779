import type { DeliveredBatch, Source } from '../targets/target.ts';
import type { SeenMoment } from '../wire/moments.ts';
import { PartitionTally } from '../wire/partition-counts.ts';

/** Counts what is read of each partition: everything, whoever sent it. */
export class ReadPartitions {
  readonly #tally = new PartitionTally();

  delivered({ log, count }: DeliveredBatch): void {
    if (log !== undefined) this.#tally.add(log.partition, count, 0);
  }

  /** What a moment tells of it: what came since it was last told. */
  take(source: Source | undefined): Pick<SeenMoment, 'partitions'> {
    return source?.partitions === undefined ? {} : { partitions: this.#tally.take(source.partitions()) };
  }
}
