import type { BrokerState } from '../broker-state.ts';
import type { Parameters } from '../parameters.ts';
import type { Stream } from '../stream.ts';
import { ACCOUNT } from '../streams.ts';
import { invalidToken, pageToken, readPageToken } from './page-token.ts';

const MOST_RESULTS = 10_000;
/** Whatever is asked for, as the service says. */
const LARGEST_PAGE = 100;
const LIST = 'ListStreams';

export const arnOf = (region: string, name: string): string => `arn:aws:kinesis:${region}:${ACCOUNT}:stream/${name}`;

function facts({ region, streams }: BrokerState, stream: Stream) {
  return {
    StreamName: stream.name,
    StreamARN: arnOf(region, stream.name),
    StreamStatus: streams.statusOf(stream),
    StreamModeDetails: { StreamMode: stream.mode },
    StreamCreationTimestamp: stream.createdMs / 1000,
  };
}

function settings(stream: Stream) {
  return {
    RetentionPeriodHours: stream.retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: stream.keyId === null ? 'NONE' : 'KMS',
    ...(stream.keyId === null ? {} : { KeyId: stream.keyId }),
  };
}

export function describeStreamSummary(state: BrokerState, parameters: Parameters): object {
  const stream = state.streams.get(...parameters.stream());
  const StreamDescriptionSummary = {
    ...facts(state, stream),
    ...settings(stream),
    OpenShardCount: stream.open.length,
    ConsumerCount: 0,
    MaxRecordSizeInKiB: 1024,
  };
  return { StreamDescriptionSummary };
}

export function describeStream(state: BrokerState, parameters: Parameters): object {
  const stream = state.streams.get(...parameters.stream());
  const limit = limitOf(parameters);
  const after = parameters.text('ExclusiveStartShardId') ?? '';
  const known = state.streams.statusOf(stream) === 'CREATING' ? [] : stream.shards;
  const shards = known.filter(({ id }) => id > after);
  const StreamDescription = {
    ...facts(state, stream),
    ...settings(stream),
    Shards: shards.slice(0, limit).map((shard) => shard.describe()),
    HasMoreShards: shards.length > limit,
  };
  return { StreamDescription };
}

export function listStreams(state: BrokerState, parameters: Parameters): object {
  const limit = limitOf(parameters);
  const nowMs = state.streams.nowMs();
  const token = parameters.text('NextToken');
  const from = token === null ? '' : afterToken(token, nowMs);
  const after = parameters.text('ExclusiveStartStreamName') ?? from;
  const all = state.streams.all().filter(({ name }) => name > after);
  const page = all.slice(0, limit);
  const hasMore = all.length > limit;
  return {
    StreamNames: page.map(({ name }) => name),
    StreamSummaries: page.map((stream) => facts(state, stream)),
    HasMoreStreams: hasMore,
    ...(hasMore ? { NextToken: pageToken(LIST, [page.at(-1)?.name ?? ''], nowMs) } : {}),
  };
}

function limitOf(parameters: Parameters): number {
  return Math.min(LARGEST_PAGE, parameters.whole('Limit', 1, MOST_RESULTS) ?? LARGEST_PAGE);
}

/** Name of the last stream of the page before. */
function afterToken(token: string, nowMs: number): string {
  const [name] = readPageToken(LIST, token, nowMs);
  if (typeof name !== 'string') throw invalidToken();
  return name;
}

export function describeLimits({ streams }: BrokerState, shardLimit: number, onDemandLimit: number): object {
  return {
    ShardLimit: shardLimit,
    OpenShardCount: streams.openShards,
    OnDemandStreamCount: streams.onDemand,
    OnDemandStreamCountLimit: onDemandLimit,
  };
}
