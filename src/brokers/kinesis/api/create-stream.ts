import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, invalidValue, KinesisError } from '../kinesis-error.ts';
import type { Parameters } from '../parameters.ts';
import { SHARD_LIMIT } from '../streams.ts';

export const modes = ['PROVISIONED', 'ON_DEMAND'] as const;
const ON_DEMAND_SHARDS = 4;

export function createStream({ streams }: BrokerState, parameters: Parameters): undefined {
  const [name] = parameters.stream();
  if (name === null) throw invalidValue('streamName', 'Member must not be null');
  const mode = parameters.inner('StreamModeDetails').choice('StreamMode', modes) ?? 'PROVISIONED';
  const count = parameters.whole('ShardCount', 1, SHARD_LIMIT * 5);
  if (mode === 'PROVISIONED' && count === null)
    throw new KinesisError('ValidationException', 'ShardCount must not be null for a stream of mode PROVISIONED.');
  if (mode === 'ON_DEMAND' && count !== null)
    throw invalidArgument('ShardCount cannot be set for a stream of mode ON_DEMAND.');
  streams.create(name, mode, count ?? ON_DEMAND_SHARDS);
}

export function deleteStream({ streams }: BrokerState, parameters: Parameters): undefined {
  streams.begin(streams.getAtRest(...parameters.stream()), 'DELETING');
}
