import type { WireForm } from '../../../wire/kinesis/wire-form.ts';
import type { BrokerState } from '../broker-state.ts';
import { Parameters } from '../parameters.ts';
import { asItIs, type PutFate } from '../put/put-fate.ts';
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

/** What a request is answered with. */
export interface Answer {
  /** Bytes in the form of the request, an object that becomes such, or null for an empty body. */
  content: Buffer | object | null;
  fate: PutFate;
}

/** @throws KinesisError */
export type Operation = (state: BrokerState, body: Buffer, form: WireForm) => Promise<Answer>;

/** Bytes are JSON. */
type Content = Buffer | object | undefined;

const withParameters =
  (operation: (state: BrokerState, parameters: Parameters) => Content | Promise<Content>): Operation =>
  async (state, body, form) => {
    const content = (await operation(state, Parameters.parse(body, form))) ?? null;
    const isOther = form === 'cbor' && Buffer.isBuffer(content);
    return { content: isOther ? (JSON.parse(content.toString()) as object) : content, fate: asItIs };
  };

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
  ['DescribeLimits', withParameters((state) => describeLimits(state, SHARD_LIMIT, ON_DEMAND_LIMIT))],
  ['SplitShard', withParameters(splitShard)],
  ['MergeShards', withParameters(mergeShards)],
  ['UpdateShardCount', withParameters(updateShardCount)],
  ['UpdateStreamMode', withParameters(updateMode)],
  ['StartStreamEncryption', withParameters(startEncryption)],
  ['StopStreamEncryption', withParameters(stopEncryption)],
  ['IncreaseStreamRetentionPeriod', withParameters(increaseRetention)],
  ['DecreaseStreamRetentionPeriod', withParameters(decreaseRetention)],
]);
