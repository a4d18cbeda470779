import type { BlockStore } from '../block-store.ts';
import type { SpillFile } from '../spill-file.ts';
import { ShardLimits } from './limits/shard-limits.ts';
import { SequenceNumbers } from './log/sequence-numbers.ts';
import { ShardLog } from './log/shard-log.ts';

/** The hash keys of a shard, both ends included. */
export interface HashKeyRange {
  first: bigint;
  last: bigint;
}

/** A part of a stream. */
export class Shard {
  readonly number: number;
  readonly id: string;
  readonly range: HashKeyRange;
  /** It came out of these: none, the one that was split, or the two that were merged. */
  readonly parents: readonly Shard[];
  readonly children: Shard[] = [];
  readonly createdMs: number;
  readonly numbers: SequenceNumbers;
  readonly log: ShardLog;
  readonly limits = new ShardLimits();
  /** It takes no records any more since then, ms; null while it does. */
  closedMs: number | null = null;

  constructor(
    number: number,
    range: HashKeyRange,
    parents: readonly Shard[],
    createdMs: number,
    { store, file }: { store: BlockStore; file: SpillFile },
  ) {
    this.number = number;
    this.id = `shardId-${`${number}`.padStart(12, '0')}`;
    this.range = range;
    this.parents = parents;
    this.createdMs = createdMs;
    this.numbers = new SequenceNumbers(createdMs, number);
    this.log = new ShardLog(store, file);
    for (const parent of parents) parent.children.push(this);
  }

  /** Number of the record at a place of its log. */
  numberAt(place: number): string {
    return this.numbers.at(place + 1);
  }

  /** As ListShards has it. */
  describe(): object {
    const [parent, adjacent] = this.parents;
    return {
      ShardId: this.id,
      ...(parent === undefined ? {} : { ParentShardId: parent.id }),
      ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent.id }),
      HashKeyRange: { StartingHashKey: `${this.range.first}`, EndingHashKey: `${this.range.last}` },
      SequenceNumberRange: {
        StartingSequenceNumber: this.numbers.at(0),
        ...(this.closedMs === null ? {} : { EndingSequenceNumber: this.numbers.at(this.log.end + 1) }),
      },
    };
  }
}
