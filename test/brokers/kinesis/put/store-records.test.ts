import { describe, expect, it, onTestFinished } from 'vitest';
import { PutFaults } from '../../../../src/brokers/kinesis/faults/put-faults.ts';
import { asItIs } from '../../../../src/brokers/kinesis/put/put-fate.ts';
import { PutOutcome } from '../../../../src/brokers/kinesis/put/put-outcome.ts';
import { PutRequest } from '../../../../src/brokers/kinesis/put/put-records-request.ts';
import { storeRecords } from '../../../../src/brokers/kinesis/put/store-records.ts';
import { apiWorld, refusal, shardOf } from '../api/api-world.ts';

const THROTTLED = 'ProvisionedThroughputExceededException';

/** A request of records with these keys. */
function requestOf(keys: readonly string[], bytes = 1): PutRequest {
  const request = new PutRequest();
  const Data = Buffer.alloc(bytes, 'x').toString('base64');
  const Records = keys.map((PartitionKey) => ({ PartitionKey, Data }));
  request.read(Buffer.from(JSON.stringify({ StreamName: 's', Records })), 'json');
  return request;
}

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`);

describe('storeRecords', () => {
  it('puts each record behind what its shard has, and the answer goes as it is', async () => {
    const { state, made } = apiWorld();
    const stream = await made('s', 4);
    const outcome = new PutOutcome();
    for (const before of [0, 1]) {
      expect(storeRecords(state, stream, requestOf(keysOf(40)), outcome)).toBe(asItIs);
      expect([outcome.count, outcome.failed]).toEqual([40, 0]);
      for (const shard of stream.shards) {
        const places = outcome.places.filter((_, i) => outcome.shards[i] === shard);
        expect(places).toEqual(places.map((_, i) => before * places.length + i));
      }
    }
    expect(stream.shards.reduce((sum, { log }) => sum + log.end, 0)).toBe(80);
  });

  it('refuses what a shard has no room for, record by record, where there are limits', async () => {
    const { state, made } = apiWorld();
    const stream = await made('s');
    const outcome = new PutOutcome();
    // A shard takes 1 000 records a second.
    for (let i = 0; i < 3; i++) storeRecords({ ...state, limited: true }, stream, requestOf(keysOf(400)), outcome);
    expect(outcome.failed).toBe(200);
    expect(outcome.errors.slice(0, 400)).toEqual([
      ...Array.from({ length: 200 }, () => null),
      ...Array.from({ length: 200 }, () => THROTTLED),
    ]);
    expect(shardOf(stream).log.end).toBe(1000);
  });

  it('stores nothing of a request that is none', async () => {
    const { state, made } = apiWorld();
    const stream = await made('s');
    expect(() => storeRecords(state, stream, requestOf([]), new PutOutcome())).toThrow(refusal('ValidationException'));
    expect(shardOf(stream).log.end).toBe(0);
  });

  it('leaves the fate of the answer to the faults, where there are some', async () => {
    const { state, made } = apiWorld();
    const stream = await made('s');
    const faults = new PutFaults({ clock: state.clock, keep: () => null, remembers: false });
    onTestFinished(() => faults.close());
    faults.setPlan({ dropAcks: { every: 1 } });
    const fate = storeRecords({ ...state, faults }, stream, requestOf(['k']), new PutOutcome());
    expect(fate.cut).toBe(true);
    expect(shardOf(stream).log.end).toBe(1);
  });
});

it('an answer as it is goes at once, and nobody is told', () => {
  expect(asItIs).toMatchObject({ cut: false, holdUntilUs: 0 });
  expect(asItIs.answered(1)).toBeUndefined();
});
