import type { Micros } from '../../../core/clock.ts';
import type { BrokerState } from '../broker-state.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { growOnDemand } from './on-demand.ts';
import { asItIs, type PutFate } from './put-fate.ts';
import type { PutOutcome } from './put-outcome.ts';
import type { PutRequest } from './put-records-request.ts';
import { shardOf, validate } from './validate.ts';

/**
 * Stores what its shards have room for, record by record.
 * @throws KinesisError where nothing was stored
 */
export function storeRecords(state: BrokerState, stream: Stream, request: PutRequest, outcome: PutOutcome): PutFate {
  const { count } = request;
  const { faults, streams, clock } = state;
  validate(request);
  outcome.begin(count);
  for (let i = 0; i < count; i++) outcome.shards[i] = shardOf(stream, request, i);
  const nowUs = clock.nowUs();
  const nowMs = streams.nowMs();
  if (state.store.isFull) for (let i = 0; i < count; i++) outcome.refused(i, 'InternalFailure');
  else if (state.limited) admit(request, outcome, nowUs);
  let fate = asItIs;
  if (faults === null) storeAll(request, outcome, nowMs);
  else fate = faults.store({ stream: stream.name, request, outcome, nowMs }, nowUs);
  if (stream.mode === 'ON_DEMAND' && outcome.failed > 0) growOnDemand(state, stream, outcome);
  return fate;
}

function admit(request: PutRequest, outcome: PutOutcome, nowUs: Micros): void {
  for (let i = 0; i < request.count; i++) {
    const { limits } = outcome.shards[i] as Shard;
    limits.arrive(nowUs);
    if (!limits.admit(request.dataBytes(i) + request.keyBytes(i)))
      outcome.refused(i, 'ProvisionedThroughputExceededException');
  }
}

function storeAll(request: PutRequest, outcome: PutOutcome, nowMs: number): void {
  const { bytes, keyFrom, keyTo, dataFrom, dataTo } = request;
  for (let i = 0; i < request.count; i++) {
    if (outcome.errors[i] !== null) continue;
    const { log } = outcome.shards[i] as Shard;
    const place = log.append(
      bytes,
      keyFrom[i] as number,
      keyTo[i] as number,
      dataFrom[i] as number,
      dataTo[i] as number,
      nowMs,
    );
    outcome.stored(i, place);
  }
}
