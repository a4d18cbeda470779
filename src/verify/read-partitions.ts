import type { Micros } from '../core/clock.ts';
import type { DeliveredBatch, Source } from '../targets/target.ts';
import type { SeenMoment } from '../wire/moments.ts';
import { PartitionTally } from '../wire/partition-counts.ts';

/** Counts are told once a second, less often in a run that would be told more often than this. */
const MOST_TIMES = 3_600;
const SECOND_US = 1_000_000;

/** Counts what is read of each partition: everything, whoever sent it. */
export class ReadPartitions {
  readonly #tally = new PartitionTally();
  readonly #everyUs: Micros;
  #dueUs = Number.NEGATIVE_INFINITY;

  /** `durationUs`: how long the run is to send. */
  constructor(durationUs: Micros) {
    this.#everyUs = Math.max(SECOND_US, durationUs / MOST_TIMES);
  }

  delivered({ log, count }: DeliveredBatch): void {
    if (log !== undefined) this.#tally.add(log.partition, count, 0);
  }

  /** What a moment tells of it: what came since it was last told, nothing before that is due again. `last`: whenever that is. */
  take(source: Source | undefined, nowUs: Micros, last: boolean): Pick<SeenMoment, 'partitions'> {
    if (source?.partitions === undefined || (nowUs < this.#dueUs && !last)) return {};
    // A timer that comes a little early is none too early.
    this.#dueUs = nowUs + this.#everyUs - SECOND_US / 2;
    return { partitions: this.#tally.take(source.partitions()) };
  }
}
