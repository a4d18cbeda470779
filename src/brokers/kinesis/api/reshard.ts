import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, invalidValue, KinesisError } from '../kinesis-error.ts';
import { hashKeyFrom, type Parameters } from '../parameters.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { limitExceeded, SHARD_LIMIT } from '../streams.ts';
import { arnOf } from './describe-stream.ts';
import { shardById } from './shard-by-id.ts';

export function splitShard({ streams, faults }: BrokerState, parameters: Parameters): undefined {
  const stream = provisioned(streams.getAtRest(...parameters.stream()));
  const shard = openShard(stream, parameters.requiredText('ShardToSplit'));
  const at = hashKeyFrom(parameters.requiredText('NewStartingHashKey'), 'newStartingHashKey');
  if (at <= shard.range.first || at > shard.range.last)
    throw invalidArgument(
      `NewStartingHashKey ${at} used in SplitShard() on shard ${shard.id} in stream ${stream.name} is not both greater than one plus the shard's StartingHashKey ${shard.range.first} and less than the shard's EndingHashKey ${shard.range.last}.`,
    );
  streams.allowShards(1);
  faults?.release(shard);
  stream.split(shard, at, streams.nowMs());
  streams.begin(stream, 'UPDATING');
}

export function mergeShards({ streams, faults }: BrokerState, parameters: Parameters): undefined {
  const stream = provisioned(streams.getAtRest(...parameters.stream()));
  const one = openShard(stream, parameters.requiredText('ShardToMerge'));
  const other = openShard(stream, parameters.requiredText('AdjacentShardToMerge'));
  if (one.range.last + 1n !== other.range.first && other.range.last + 1n !== one.range.first)
    throw invalidArgument(
      `Shards ${one.id} and ${other.id} in stream ${stream.name} are not an adjacent pair of shards eligible for merging.`,
    );
  for (const shard of [one, other]) faults?.release(shard);
  stream.merge(one, other, streams.nowMs());
  streams.begin(stream, 'UPDATING');
}

export function updateShardCount({ streams, region, faults }: BrokerState, parameters: Parameters): object {
  const stream = provisioned(streams.getAtRest(...parameters.stream()));
  if (parameters.choice('ScalingType', ['UNIFORM_SCALING']) === null)
    throw invalidValue('scalingType', 'Member must not be null');
  const target = parameters.requiredWhole('TargetShardCount', 1, SHARD_LIMIT * 5);
  const current = stream.open.length;
  if (target > current * 2)
    throw limitExceeded(
      `UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  if (target < current / 2)
    throw limitExceeded(
      `UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  streams.allowShards(Math.max(0, target - current));
  for (const shard of stream.open) faults?.release(shard);
  stream.resize(target, streams.nowMs());
  streams.begin(stream, 'UPDATING');
  return {
    StreamName: stream.name,
    StreamARN: arnOf(region, stream.name),
    CurrentShardCount: current,
    TargetShardCount: target,
  };
}

function provisioned(stream: Stream): Stream {
  if (stream.mode === 'PROVISIONED') return stream;
  throw new KinesisError('ValidationException', `Stream ${stream.name} is on demand, and shares its keys itself.`);
}

function openShard(stream: Stream, id: string): Shard {
  const shard = shardById(stream, id);
  if (shard.closedMs === null) return shard;
  throw invalidArgument(`Shard ${id} in stream ${stream.name} is closed already.`);
}
