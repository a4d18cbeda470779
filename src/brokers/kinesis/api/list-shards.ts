import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, KinesisError } from '../kinesis-error.ts';
import type { Parameters } from '../parameters.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { invalidToken, pageToken, readPageToken } from './page-token.ts';

const MOST_RESULTS = 10_000;
/** Whatever is asked for, as the service says. */
const LARGEST_PAGE = 1000;
const LIST = 'ListShards';
/** What a token says itself. */
const beside = ['StreamName', 'StreamARN', 'StreamCreationTimestamp', 'ExclusiveStartShardId', 'ShardFilter'] as const;
const filters = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;
type Filter = { type: (typeof filters)[number]; ms: number };

/** Where a list goes on. */
interface Page {
  name: string;
  after: string;
  filter: Filter | null;
}

export function listShards({ streams }: BrokerState, parameters: Parameters): object {
  const nowMs = streams.nowMs();
  const limit = Math.min(LARGEST_PAGE, parameters.whole('MaxResults', 1, MOST_RESULTS) ?? LARGEST_PAGE);
  const token = parameters.text('NextToken');
  const [name, arn] = parameters.stream();
  const other = token === null ? undefined : beside.find((member) => parameters.has(member));
  if (other !== undefined) throw invalidArgument(`NextToken and ${other} cannot be provided together.`);
  const known = token === null ? null : readToken(token, nowMs);
  const stream = streams.get(known?.name ?? name, arn);
  if (known === null && streams.statusOf(stream) === 'CREATING')
    throw new KinesisError('ResourceInUseException', `Stream ${stream.name} is being created.`);
  const filter = known === null ? filterOf(parameters) : known.filter;
  const after = known?.after ?? afterOf(parameters);
  const found = stream.shards.filter((shard) => shard.id > after && passes(shard, filter, nowMs, stream));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    Shards: page.map((shard) => shard.describe()),
    ...(found.length > limit && last !== undefined
      ? { NextToken: writeToken({ name: stream.name, after: last.id, filter }, nowMs) }
      : {}),
  };
}

function afterOf(parameters: Parameters): string {
  return (
    parameters.text('ExclusiveStartShardId') ??
    (parameters.has('ShardFilter') ? parameters.inner('ShardFilter').text('ShardId') : null) ??
    ''
  );
}

function filterOf(parameters: Parameters): Filter | null {
  if (!parameters.has('ShardFilter')) return null;
  const given = parameters.inner('ShardFilter');
  const type = given.choice('Type', filters);
  if (type === null) throw invalidArgument('ShardFilter has no Type.');
  const ms = given.timestampMs('Timestamp');
  if (type.endsWith('TIMESTAMP') && ms === null) throw invalidArgument(`ShardFilter ${type} has no Timestamp.`);
  return { type, ms: ms ?? 0 };
}

function passes({ createdMs, closedMs, log }: Shard, filter: Filter | null, nowMs: number, stream: Stream): boolean {
  const horizonMs = Math.max(stream.createdMs, nowMs - stream.retentionHours * 3_600_000);
  const openAt = (ms: number): boolean => createdMs <= ms && (closedMs === null || closedMs > ms);
  switch (filter?.type) {
    case 'AT_LATEST':
      return closedMs === null;
    case 'AT_TRIM_HORIZON':
      return openAt(horizonMs);
    case 'AT_TIMESTAMP':
      return openAt(filter.ms);
    case 'FROM_TIMESTAMP':
      return closedMs === null || closedMs > filter.ms;
    default:
      // One that is closed is listed for as long as it can have records.
      return closedMs === null || closedMs > horizonMs || log.end > log.start;
  }
}

function writeToken({ name, after, filter }: Page, nowMs: number): string {
  return pageToken(LIST, [name, after, filter?.type ?? null, filter?.ms ?? 0], nowMs);
}

function readToken(token: string, nowMs: number): Page {
  const [name, after, type, ms] = readPageToken(LIST, token, nowMs);
  const known = type === null || filters.includes(type as Filter['type']);
  if (typeof name !== 'string' || typeof after !== 'string' || typeof ms !== 'number' || !known) throw invalidToken();
  return { name, after, filter: type === null ? null : { type: type as Filter['type'], ms } };
}
