import type { BrokerState } from '../broker-state.ts';
import { Parameters } from '../parameters.ts';
import { ON_DEMAND_LIMIT, SHARD_LIMIT } from '../streams.ts';
import { createStream, deleteStream } from './create-stream.ts';
import { describeLimits, describeStream, describeStreamSummary, listStreams } from './describe-stream.ts';
import { getRecords } from './get-records.ts';
import { getShardIterator } from './get-shard-iterator.ts';
import { listShards } from './list-shards.ts';
import { putRecord, putRecords } from './put-records.ts';
import { mergeShards, splitShard, updateShardCount } from './reshard.ts';
import {
  decreaseRetention,
  increaseRetention,
  startEncryption,
  stopEncryption,
  updateMode,
} from './stream-settings.ts';

type Answer = Buffer | object | undefined;
/** Answers a request with bytes of JSON, with an object for it, or with no body. @throws KinesisError */
export type Operation = (state: BrokerState, body: Buffer) => Answer | Promise<Answer>;

const withParameters =
  (operation: (state: BrokerState, parameters: Parameters) => Answer | Promise<Answer>): Operation =>
  (state, body) =>
    operation(state, Parameters.parse(body));

/** By the name behind `Kinesis_20131202.` */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['PutRecords', putRecords],
  ['PutRecord', putRecord],
  ['GetRecords', withParameters(getRecords)],
  ['GetShardIterator', withParameters(getShardIterator)],
  ['ListShards', withParameters(listShards)],
  ['CreateStream', withParameters(createStream)],
  ['DeleteStream', withParameters(deleteStream)],
  ['DescribeStream', withParameters(describeStream)],
  ['DescribeStreamSummary', withParameters(describeStreamSummary)],
  ['ListStreams', withParameters(listStreams)],
  ['DescribeLimits', (state) => describeLimits(state, SHARD_LIMIT, ON_DEMAND_LIMIT)],
  ['SplitShard', withParameters(splitShard)],
  ['MergeShards', withParameters(mergeShards)],
  ['UpdateShardCount', withParameters(updateShardCount)],
  ['UpdateStreamMode', withParameters(updateMode)],
  ['StartStreamEncryption', withParameters(startEncryption)],
  ['StopStreamEncryption', withParameters(stopEncryption)],
  ['IncreaseStreamRetentionPeriod', withParameters(increaseRetention)],
  ['DecreaseStreamRetentionPeriod', withParameters(decreaseRetention)],
]);
