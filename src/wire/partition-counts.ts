import { PARTITIONS_PER_TOPIC } from './placed-arrivals.ts';

/** Partitions that are told apart; what the others get is told together. */
export const MOST_PARTITIONS = 512;
/** Stands for all partitions beyond those. */
export const OTHER_PARTITIONS = -1;

/**
 * What partitions got in some time, as it stands in files: partition, events, and what it had no room for, one triple behind the other. Every
 * partition is there that was open then, also with nothing.
 */
export type PartitionGain = readonly number[];
const TRIPLE = 3;

/** Calls back for every partition of a gain. */
export function eachPartition(
  gain: PartitionGain,
  visit: (partition: number, events: number, throttled: number) => void,
): void {
  for (let i = 0; i + TRIPLE <= gain.length; i += TRIPLE)
    visit(gain[i] as number, gain[i + 1] as number, gain[i + 2] as number);
}

/** Counts by partition, of a bounded number of them. */
export class PartitionTally {
  readonly #tallies = new Map<number, { events: number; throttled: number }>();

  /** So many events for a partition, and so many that it had no room for; with neither it is known to be there. */
  add(partition: number, events: number, throttled: number): void {
    const tally = this.#tallies.get(partition) ?? this.#make(partition);
    tally.events += events;
    tally.throttled += throttled;
  }

  addGain(gain: PartitionGain): void {
    eachPartition(gain, (partition, events, throttled) => this.add(partition, events, throttled));
  }

  /** What came since the previous call. Partitions that are not among `open` are over and told for the last time; absent: all stay. */
  take(open?: Iterable<number>): PartitionGain {
    const gain: number[] = [];
    const stay = open === undefined ? null : new Set(open);
    for (const partition of stay ?? []) this.add(partition, 0, 0);
    for (const [partition, tally] of this.#tallies) {
      const { events, throttled } = tally;
      const stays = stay === null || stay.has(partition);
      if (stays || events > 0 || throttled > 0) gain.push(partition, events, throttled);
      if (!stays) this.#tallies.delete(partition);
      tally.events = tally.throttled = 0;
    }
    return gain;
  }

  #make(partition: number): { events: number; throttled: number } {
    const key = this.#tallies.size < MOST_PARTITIONS ? partition : OTHER_PARTITIONS;
    const tally = this.#tallies.get(key) ?? { events: 0, throttled: 0 };
    this.#tallies.set(key, tally);
    return tally;
  }
}

/** What a partition got in all. */
export interface PartitionSum {
  events: number;
  /** What it would have got, had all that were open always got the same. */
  expected: number;
  throttled: number;
}
/** By number. */
export type PartitionSums = Map<number, PartitionSum>;

/** Adds what partitions got in some time; those of a topic share what that one got. */
export function addToSums(sums: PartitionSums, gain: PartitionGain): void {
  const topics = new Map<number, { all: number; open: number }>();
  const topicOf = (partition: number): number => Math.floor(partition / PARTITIONS_PER_TOPIC);
  eachPartition(gain, (partition, events) => {
    if (partition === OTHER_PARTITIONS) return;
    const topic = topics.get(topicOf(partition)) ?? { all: 0, open: 0 };
    topics.set(topicOf(partition), topic);
    topic.all += events;
    topic.open++;
  });
  eachPartition(gain, (partition, events, throttled) => {
    const { all, open } = topics.get(topicOf(partition)) ?? { all: events, open: 1 };
    add(sums, partition, { events, expected: all / open, throttled });
  });
}

/** Adds what others counted of other events. */
export function mergeSums(into: PartitionSums, more: PartitionSums): void {
  for (const [partition, sum] of more) add(into, partition, sum);
}

function add(sums: PartitionSums, partition: number, { events, expected, throttled }: PartitionSum): void {
  const sum = sums.get(partition) ?? { events: 0, expected: 0, throttled: 0 };
  sums.set(partition, sum);
  sum.events += events;
  sum.expected += expected;
  sum.throttled += throttled;
}
