import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, invalidValue } from '../kinesis-error.ts';
import type { Parameters } from '../parameters.ts';
import type { Shard } from '../shard.ts';
import { shardById } from './shard-by-id.ts';
import { iteratorText } from './shard-iterator.ts';

const types = ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER', 'TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'] as const;

export async function getShardIterator({ streams }: BrokerState, parameters: Parameters): Promise<object> {
  const stream = streams.getInUse(...parameters.stream());
  const shard = shardById(stream, parameters.requiredText('ShardId'));
  const type = parameters.choice('ShardIteratorType', types);
  if (type === null) throw invalidValue('shardIteratorType', 'Member must not be null');
  const place = await placeOf(type, shard, parameters, streams.nowMs());
  return { ShardIterator: iteratorText(stream, shard, place, streams.nowMs()) };
}

async function placeOf(
  type: (typeof types)[number],
  { log, numbers, id }: Shard,
  parameters: Parameters,
  nowMs: number,
): Promise<number> {
  switch (type) {
    case 'TRIM_HORIZON':
      return log.start;
    case 'LATEST':
      return log.end;
    case 'AT_TIMESTAMP': {
      const ms = parameters.timestampMs('Timestamp');
      if (ms === null) throw invalidArgument('Must specify timestamp parameter for iterator type AT_TIMESTAMP.');
      if (ms > nowMs) throw invalidArgument('The timestamp of AT_TIMESTAMP lies in the future.');
      return log.placeAt(ms);
    }
    default: {
      const text = parameters.text('StartingSequenceNumber');
      if (text === null) throw invalidArgument(`Must specify startingSequenceNumber for iterator type ${type}.`);
      const place = numbers.placeOf(text);
      if (place === null) throw invalidArgument(`Invalid StartingSequenceNumber ${text} of shard ${id}.`);
      // Of a number, the place of its record is one less: 0 stands before the first.
      return Math.min(log.end, type === 'AT_SEQUENCE_NUMBER' ? Math.max(0, place - 1) : place);
    }
  }
}
