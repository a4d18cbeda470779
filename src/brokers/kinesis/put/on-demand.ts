import type { BrokerState } from '../broker-state.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { SHARD_LIMIT } from '../streams.ts';
import type { PutOutcome } from './put-outcome.ts';

/** A stream on demand grows no faster than by a shard in so long. The service takes minutes. */
const PAUSE_MS = 5000;

/** Splits the first shard that had no room. */
export function growOnDemand({ streams, faults }: BrokerState, stream: Stream, outcome: PutOutcome): void {
  const nowMs = streams.nowMs();
  if (streams.statusOf(stream) !== 'ACTIVE' || nowMs < stream.busyUntilMs + PAUSE_MS) return;
  if (stream.open.length >= SHARD_LIMIT) return;
  const at = outcome.errors.slice(0, outcome.count).indexOf('ProvisionedThroughputExceededException');
  const shard = outcome.shards[at] as Shard | undefined;
  if (shard === undefined || shard.closedMs !== null || shard.range.first === shard.range.last) return;
  faults?.release(shard);
  stream.split(shard, (shard.range.first + shard.range.last) / 2n + 1n, nowMs);
  streams.begin(stream, 'UPDATING');
}
