import type { BrokerState } from '../broker-state.ts';
import type { Stream } from '../stream.ts';
import type { PutOutcome } from './put-outcome.ts';
import type { PutRequest } from './put-records-request.ts';
import { shardOf, validate } from './validate.ts';

/**
 * Stores what its shards have room for, record by record.
 * @throws KinesisError where nothing was stored
 */
export function storeRecords(state: BrokerState, stream: Stream, request: PutRequest, outcome: PutOutcome): void {
  const { count } = request;
  validate(request);
  outcome.begin(count);
  for (let i = 0; i < count; i++) outcome.shards[i] = shardOf(stream, request, i);
  const nowMs = state.streams.nowMs();
  for (let i = 0; i < count; i++) outcome.errors[i] = null;
  if (state.limited) admit(state, request, outcome);
  if (state.store.isFull) {
    for (let i = 0; i < count; i++) if (outcome.errors[i] === null) outcome.refused(i, 'InternalFailure');
  }
  for (let i = 0; i < count; i++) {
    if (outcome.errors[i] !== null) continue;
    const { log } = outcome.shards[i] as PutOutcome['shards'][number];
    outcome.stored(
      i,
      log.append(
        request.bytes,
        request.keyFrom[i] as number,
        request.keyTo[i] as number,
        request.dataFrom[i] as number,
        request.dataTo[i] as number,
        nowMs,
      ),
    );
  }
}

function admit({ clock }: BrokerState, request: PutRequest, outcome: PutOutcome): void {
  const nowUs = clock.nowUs();
  for (let i = 0; i < request.count; i++) {
    const { limits } = outcome.shards[i] as PutOutcome['shards'][number];
    limits.arrive(nowUs);
    if (!limits.admit(request.dataBytes(i) + request.keyBytes(i)))
      outcome.refused(i, 'ProvisionedThroughputExceededException');
  }
}
