import { KinesisError } from '../kinesis-error.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { ACCOUNT } from '../streams.ts';

/** @throws KinesisError where the stream has none of that name */
export function shardById(stream: Stream, id: string): Shard {
  const number = /^shardId-(\d{12})$/.exec(id)?.[1];
  const shard = number === undefined ? undefined : stream.shards[Number(number)];
  if (shard !== undefined) return shard;
  throw new KinesisError(
    'ResourceNotFoundException',
    `Shard ${id} in stream ${stream.name} under account ${ACCOUNT} does not exist`,
  );
}
