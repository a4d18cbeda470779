import { total } from '../core/total.ts';
import { mergeSums, type PartitionSums } from '../wire/partition-counts.ts';
import type { RunHeader } from '../wire/run-header.ts';
import { addSamples } from '../wire/samples.ts';
import { noOutcomes, type SentEnd, type SentFleet, type SentRecord } from '../wire/sent-record.ts';

/** How a run ended, the gravest last. */
const endings = ['completed', 'interrupted', 'aborted', 'worker-died'];

/** How a run ended whose shards ended so: as the gravest of them. */
export function gravestOf<Ending extends string>(ended: readonly Ending[]): Ending {
  return ended.reduce((gravest, one) => (endings.indexOf(one) > endings.indexOf(gravest) ? one : gravest));
}

/** One record of what all shards sent. They own different slots, so nothing is counted twice. */
export function mergeSent(shards: readonly SentRecord[]): SentRecord {
  const [first] = shards as [SentRecord, ...SentRecord[]];
  const ends = shards.flatMap(({ end }) => end ?? []);
  return {
    header: wholeHeader(first.header),
    end:
      ends.length < shards.length ? null : { ended: gravestOf(ends.map(({ ended }) => ended)), ...firstBroken(ends) },
    tornBytes: total(shards, ({ tornBytes }) => tornBytes),
    resumptions: total(shards, ({ resumptions }) => resumptions),
    attempts: [],
    // Nobody writes on in a record that is no file.
    resumeAt: 0,
    fleets: first.fleets.map((_, fleet) => mergeFleet(shards.map(({ fleets }) => fleets[fleet] as SentFleet))),
    ...mergePartitions(shards),
  };
}

function mergePartitions(shards: readonly SentRecord[]): Pick<SentRecord, 'partitions'> {
  const partitions: PartitionSums[] = [];
  for (const shard of shards) {
    for (const [target, sums] of (shard.partitions ?? []).entries()) {
      partitions[target] ??= new Map();
      mergeSums(partitions[target], sums);
    }
  }
  return partitions.length === 0 ? {} : { partitions };
}

/** The header of a record that is of all shards. */
export function wholeHeader({ runId, fleets }: RunHeader): RunHeader {
  return { runId, shard: { index: 0, count: 1 }, fleets };
}

/** The threshold that was the first to end a shard. */
function firstBroken(ends: readonly SentEnd[]): Pick<SentEnd, 'broken'> {
  const all = ends.flatMap(({ broken }) => broken ?? []);
  const [broken] = all.sort((a, b) => a.atUs - b.atUs);
  return broken === undefined ? {} : { broken };
}

function mergeFleet(parts: readonly SentFleet[]): SentFleet {
  const sum = noOutcomes(total(parts, ({ intended }) => intended));
  for (const part of parts) {
    for (const set of ['acked', 'rejected', 'unknown', 'noAck', 'doubling'] as const) sum[set].addAll(part[set]);
    sum.orphaned += part.orphaned;
    sum.extraAttempts += part.extraAttempts;
    sum.conflicts += part.conflicts;
    sum.promised = Math.max(sum.promised, part.promised);
    for (const [interval, samples] of part.samples.entries()) {
      addSamples(sum.samples[interval] as SentFleet['samples'][number], samples);
    }
  }
  return sum;
}
