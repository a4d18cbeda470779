import { describe, expect, it, onTestFinished } from 'vitest';
import { putRecord, putRecords } from '../../../../src/brokers/kinesis/api/put-records.ts';
import type { Answer } from '../../../../src/brokers/kinesis/api/registry.ts';
import type { KinesisFaultPlan } from '../../../../src/brokers/kinesis/faults/fault-plan.ts';
import { PutFaults } from '../../../../src/brokers/kinesis/faults/put-faults.ts';
import { type LogRun, RECORD_HEADER } from '../../../../src/brokers/kinesis/log/shard-log.ts';
import { hashKeyOf } from '../../../../src/wire/kinesis/hash-key.ts';
import { apiWorld, CHANGE_MS, idOf, refusal, shardOf, strayStreams } from './api-world.ts';

interface Entry {
  ShardId?: string;
  SequenceNumber?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}
interface Put extends Entry {
  FailedRecordCount: number;
  Records: Entry[];
  EncryptionType?: string;
}

const MIB = 1024 * 1024;
const THROTTLED = 'ProvisionedThroughputExceededException';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const record = (PartitionKey: string, text = 'v') => ({ PartitionKey, Data: base64(text) });

async function world(options: { limited?: boolean; shards?: number; plan?: KinesisFaultPlan } = {}) {
  const { state, streams, made, pass } = apiWorld();
  const stream = await made('s', options.shards ?? 1);
  const faults = options.plan === undefined ? null : new PutFaults({ ...keepNothing, clock: state.clock });
  faults?.setPlan(options.plan ?? {});
  onTestFinished(() => faults?.close());
  const kinesis = { ...state, limited: options.limited ?? false, faults };
  const raw = (members: object): Promise<Answer> =>
    putRecords(kinesis, Buffer.from(JSON.stringify({ StreamName: 's', ...members })), 'json');
  const one = (members: object): Promise<Answer> =>
    putRecord(kinesis, Buffer.from(JSON.stringify({ StreamName: 's', ...record('k'), ...members })), 'json');
  return {
    state: kinesis,
    streams,
    stream,
    pass,
    raw,
    one,
    put: async (...Records: object[]): Promise<Put> => contentOf(await raw({ Records })),
    putOne: async (members: object = {}): Promise<Put> => contentOf(await one(members)),
    /** What a shard has. */
    async stored(number = 0): Promise<string[]> {
      const { log } = shardOf(stream, number);
      const kept: string[] = [];
      for (let place = 0; place < log.end; ) {
        const run = (await log.read(place, 10_000, Number.MAX_SAFE_INTEGER)) as LogRun;
        for (let at = run.from; at < run.to; place++) {
          const key = at + RECORD_HEADER;
          const data = key + run.view.getUint32(at);
          at = data + run.view.getUint32(at + 4);
          const value = Buffer.from(run.bytes.toString('latin1', data, at), 'base64').toString();
          kept.push(`${run.bytes.toString('utf8', key, data)}=${value}`);
        }
        log.release(run);
      }
      return kept;
    },
  };
}

const keepNothing = { keep: () => null, remembers: false };

function contentOf({ content }: Answer): Put {
  return JSON.parse(Buffer.isBuffer(content) ? content.toString() : JSON.stringify(content)) as Put;
}

describe('PutRecords', () => {
  it('answers for each record, in its place', async () => {
    const { put, stream, stored } = await world({ shards: 3 });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shards = keys.map((key) => stream.shardOfHash(hashKeyOf(Buffer.from(key))));
    expect(new Set(shards).size).toBe(3);
    const placed = keys.map((_, i) => shards.slice(0, i).filter((shard) => shard === shards[i]).length);
    expect(await put(...keys.map((key) => record(key, `of ${key}`)))).toEqual({
      FailedRecordCount: 0,
      Records: keys.map((_, i) => ({
        SequenceNumber: shards[i]?.numberAt(placed[i] as number),
        ShardId: shards[i]?.id,
      })),
    });
    for (const shard of stream.shards)
      expect(await stored(shard.number)).toEqual(
        keys.flatMap((key, i) => (shards[i] === shard ? [`${key}=of ${key}`] : [])),
      );
  });

  it('puts a record where it says itself', async () => {
    const { put } = await world({ shards: 2 });
    const { Records } = await put(
      ...['0', `${2n ** 127n - 1n}`, `${2n ** 127n}`, `${2n ** 128n - 1n}`].map((ExplicitHashKey) => ({
        ...record('same'),
        ExplicitHashKey,
      })),
    );
    expect(Records.map(({ ShardId }) => ShardId)).toEqual([idOf(0), idOf(0), idOf(1), idOf(1)]);
  });

  it('stores what its shard has room for, and refuses the rest one by one', async () => {
    const { put, stored, pass } = await world({ limited: true });
    const events = Array.from({ length: 500 }, (_, i) => record('k', `${i}`));
    await put(...events);
    await put(...events.slice(2));
    const { FailedRecordCount, Records } = await put(record('k', 'x'), record('k', 'y'), record('k', 'z'));
    expect(FailedRecordCount).toBe(1);
    expect(Records[2]).toEqual({
      ErrorCode: THROTTLED,
      ErrorMessage: `Rate exceeded for shard ${idOf(0)} in stream s under account 000000000000.`,
    });
    expect((await stored()).slice(-2)).toEqual(['k=x', 'k=y']);
    await pass(1);
    expect((await put(record('k', 'z'))).FailedRecordCount).toBe(0);
  });

  it('says that records are encrypted', async () => {
    const { put, putOne, stream } = await world();
    stream.keyId = 'alias/k';
    expect((await put(record('k'))).EncryptionType).toBe('KMS');
    expect((await putOne()).EncryptionType).toBe('KMS');
  });

  it('refuses all of them where there is no room and will be none', async () => {
    const { put, one, state, stored } = await world();
    Object.defineProperty(state.store, 'isFull', { value: true });
    const { FailedRecordCount, Records } = await put(record('a'), record('b'));
    expect(FailedRecordCount).toBe(2);
    expect(Records.map(({ ErrorCode }) => ErrorCode)).toEqual(['InternalFailure', 'InternalFailure']);
    await expect(one({})).rejects.toMatchObject({ name: 'InternalFailure', status: 500 });
    expect(await stored()).toEqual([]);
  });

  it('waits for room', async () => {
    const { raw, state, stored } = await world();
    let free = (): void => {};
    state.store.room = () =>
      new Promise((resolve) => {
        free = resolve;
      });
    const answer = raw({ Records: [record('k')] });
    await Promise.resolve();
    expect(await stored()).toEqual([]);
    free();
    expect(contentOf(await answer).FailedRecordCount).toBe(0);
    expect(await stored()).toEqual(['k=v']);
  });

  it('stores without an answer where that is lost, and gives none', async () => {
    const { raw, one, stored } = await world({ plan: { dropAcks: { every: 1 } } });
    const { content, fate } = await raw({ Records: [record('k')] });
    expect([content, fate.cut]).toEqual([null, true]);
    expect(await one({ Data: base64('w') })).toMatchObject({ content: null, fate: { cut: true } });
    expect(await stored()).toEqual(['k=v', 'k=w']);
  });

  const invalid = [
    [{ Records: [] }, 'ValidationException', "'records' failed to satisfy constraint: Member must have length greater"],
    [{ Records: Array(501).fill(record('k')) }, 'ValidationException', 'less than or equal to 500'],
    [{ Records: null }, 'ValidationException', "'records'"],
    [{ Records: 'k' }, 'SerializationException', 'Records is no list'],
    [{ Records: ['k'] }, 'SerializationException', 'no object'],
    [{ Records: [{ Data: '' }] }, 'ValidationException', "'partitionKey'"],
    [{ Records: [{ PartitionKey: 'k' }] }, 'ValidationException', "'data'"],
    [{ Records: [{ PartitionKey: 'k', Data: '%' }] }, 'SerializationException', 'Data is no base64'],
    [{ Records: [record('k'), record('')] }, 'ValidationException', "'records.2.member.partitionKey'"],
    [{ Records: [record('k'.repeat(257))] }, 'ValidationException', 'less than or equal to 256'],
    [{ Records: [record('k', 'x'.repeat(MIB))] }, 'InvalidArgumentException', `Record 1 has ${MIB + 1} bytes`],
    [
      { Records: Array(11).fill(record('k', 'x'.repeat(MIB - 1))) },
      'InvalidArgumentException',
      `Records and keys have ${11 * MIB} bytes`,
    ],
    [
      { Records: [{ ...record('k'), ExplicitHashKey: `${2n ** 128n}` }] },
      'InvalidArgumentException',
      'not in the valid',
    ],
    [{ Records: [{ ...record('k'), ExplicitHashKey: '-1' }] }, 'ValidationException', "'explicitHashKey'"],
  ] as const;
  it.each(invalid.map(([members, name, part]) => [part, members, name] as const))(
    'stores nothing of a request where that is to be said: %s',
    async (part, members, name) => {
      const { raw, stored } = await world();
      await expect(raw(members)).rejects.toEqual(refusal(name, part));
      expect(await stored()).toEqual([]);
    },
  );

  it('takes the longest key and the largest record', async () => {
    const { put } = await world();
    const key = 'ä'.repeat(256);
    expect((await put(record(key), record('k', 'x'.repeat(MIB - 1)))).FailedRecordCount).toBe(0);
  });

  it.each(strayStreams)('refuses the stream %j', async (stray, name, part) => {
    const { raw, one } = await world();
    await expect(raw({ StreamName: undefined, Records: [record('k')], ...stray })).rejects.toEqual(refusal(name, part));
    await expect(one({ StreamName: undefined, ...stray })).rejects.toEqual(refusal(name, part));
  });

  it('takes records for a stream that is at rest or changes, by its name or ARN', async () => {
    const { raw, put, streams, stream, pass, stored } = await world();
    const arn = 'arn:aws:kinesis:eu-north-1:000000000000:stream/s';
    expect((await raw({ StreamName: undefined, StreamARN: arn, Records: [record('k')] })).content).not.toBeNull();
    for (const transition of ['CREATING', 'DELETING'] as const) {
      streams.begin(stream, transition);
      await expect(put(record('k'))).rejects.toEqual(refusal('ResourceNotFoundException'));
    }
    streams.begin(stream, 'UPDATING');
    await put(record('k', 'meanwhile'));
    await pass(CHANGE_MS);
    expect(await stored()).toEqual(['k=v', 'k=meanwhile']);
  });
});

describe('PutRecord', () => {
  it('answers where the record is', async () => {
    const { putOne, stream, stored } = await world();
    await putOne({ Data: base64('first') });
    expect(await putOne({ PartitionKey: 'Ä"', Data: base64('second') })).toEqual({
      ShardId: idOf(0),
      SequenceNumber: shardOf(stream).numberAt(1),
    });
    expect(await stored()).toEqual(['k=first', 'Ä\\"=second']);
  });

  it('fails where its shard has no room', async () => {
    const { put, one } = await world({ limited: true });
    for (let i = 0; i < 2; i++) await put(...Array.from({ length: 500 }, () => record('k')));
    await expect(one({})).rejects.toEqual(refusal(THROTTLED, `Rate exceeded for shard ${idOf(0)}`));
  });

  it.each([
    [{ Data: null }, 'ValidationException', "'data'"],
    [{ PartitionKey: null }, 'ValidationException', "'partitionKey'"],
    [{ PartitionKey: 5 }, 'SerializationException', 'PartitionKey is no string'],
    [{ Data: 'a' }, 'SerializationException', 'Data is no base64'],
    [{ Data: base64('x'.repeat(MIB)) }, 'InvalidArgumentException', 'Record 1 has'],
  ])('refuses %j', async (members, name, part) => {
    const { one, stored } = await world();
    await expect(one(members)).rejects.toEqual(refusal(name, part));
    expect(await stored()).toEqual([]);
  });
});
