import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { errorOf, kinesisWorld } from '../kinesis-world.ts';

const KEYS = 4;
const eventOf = (i: number) => ({ key: `k${i % KEYS}`, value: `event ${i}` });
/** Events [from, to). */
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i));
const texts = (from: number, to: number) => events(from, to).map(({ value }) => value);
const codes = ({ Records = [] }: { Records?: { ErrorCode?: string | undefined }[] | undefined }) =>
  Records.map(({ ErrorCode }) => ErrorCode ?? 'ok');
const THROTTLED = 'ProvisionedThroughputExceededException';

describe('the faults of the embedded Kinesis', () => {
  it('leave everything as it is where none is asked for', async () => {
    const { put, values, faults } = await kinesisWorld();
    await put(events(0, 100));
    expect(await values()).toEqual(texts(0, 100));
    expect(faults).toMatchObject({ log: [], came: 100, repeated: 0, stored: 100, foreign: 0, throttled: 0 });
  });

  it('lose what was acknowledged', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { drop: { every: 7 } } });
    const { FailedRecordCount, Records } = await put(events(0, 105));
    expect(FailedRecordCount).toBe(0);
    expect(Records?.every(({ SequenceNumber }) => SequenceNumber?.length === 56)).toBe(true);
    expect(faults.log.map(({ value }) => value)).toEqual(texts(0, 105).filter((_, i) => i % 7 === 6));
    expect(await values()).toEqual(texts(0, 105).filter((_, i) => i % 7 !== 6));
    expect(faults.stored).toBe(90);
  });

  it('leave the readiness marker alone', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { drop: { every: 1 } } });
    const probe = '{"iotload":"probe","run":"r"}';
    await put([eventOf(0), { key: 'p', value: probe }]);
    expect(await values()).toEqual([probe]);
    expect(faults).toMatchObject({ came: 1, stored: 0 });
  });

  it('double', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { double: { every: 10 } } });
    await put(events(0, 20));
    expect(await values()).toEqual([...texts(0, 20), 'event 9', 'event 19']);
    expect(faults.log.map(({ ordinal, stream, shard }) => ({ ordinal, stream, shard }))).toEqual([
      { ordinal: 9, stream: 's', shard: 'shardId-000000000000' },
      { ordinal: 19, stream: 's', shard: 'shardId-000000000000' },
    ]);
    expect(faults.stored).toBe(22);
  });

  it('put one behind the next of its key, also where that comes in another request', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { reorder: { every: 9 } } });
    for (let from = 0; from < 99; from += 3) await put(events(from, from + 3));
    const stored = await values();
    const place = new Map(stored.map((value, i) => [value, i]));
    expect(faults.log.length).toBeGreaterThan(5);
    for (const { ordinal, partner, value } of faults.log) {
      expect(partner).toBe(ordinal + KEYS);
      expect(place.get(value)).toBeGreaterThan(place.get(`event ${partner}`) as number);
    }
  });

  it('say that a reader is behind while one waits to be overtaken, and store it when nothing overtakes it', async () => {
    const { put, iterator, read, pass, values, faults } = await kinesisWorld({ plan: { reorder: { every: 1 } } });
    await put([eventOf(0)]);
    expect((await read(await iterator())).MillisBehindLatest).toBeGreaterThan(0);
    await pass(2_000_000);
    expect(await values()).toEqual(['event 0']);
    expect((await read(await iterator())).MillisBehindLatest).toBe(0);
    expect(faults.log).toEqual([]);
  });

  it('change one bit', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { alter: { every: 2, offset: -1 } } });
    await put(events(0, 2));
    expect(await values()).toEqual(['event 0', 'event 0']);
    expect(faults.log).toMatchObject([{ kind: 'alter', ordinal: 1, value: 'event 1', offset: 6 }]);
  });

  it('put in what nobody sent', async () => {
    const payloads = [Buffer.from('foreign')];
    const { put, values, faults } = await kinesisWorld({ plan: { foreign: { every: 2, payloads } } });
    await put(events(0, 4));
    expect(await values()).toEqual([...texts(0, 4), 'foreign', 'foreign']);
    expect(faults).toMatchObject({ stored: 6, foreign: 2, log: [] });
  });

  it.each([
    ['dropAcks', [...texts(0, 3), ...texts(0, 3)], 6],
    ['reset', texts(0, 3), 3],
    ['swallow', texts(0, 3), 3],
  ] as const)('%s: cut the connection, and let through what comes again', async (kind, stored, count) => {
    const { put, values, faults } = await kinesisWorld({ plan: { [kind]: { every: 3 } } });
    expect(await errorOf(put(events(0, 3)))).not.toBe('none');
    expect(faults.log.map((fault) => fault.kind)).toEqual([kind, kind, kind]);
    await put(events(0, 3));
    expect(await values()).toEqual(stored);
    expect(faults).toMatchObject({ came: 3, repeated: 3, stored: count });
  });

  it('refuse one by one', async () => {
    const { put, values, faults } = await kinesisWorld({
      plan: { refuse: { every: 2 }, refuseYetStore: { every: 3 } },
    });
    const answer = await put(events(0, 6));
    expect(codes(answer)).toEqual(['ok', THROTTLED, 'InternalFailure', THROTTLED, 'ok', THROTTLED]);
    expect(answer.FailedRecordCount).toBe(4);
    expect(await values()).toEqual(['event 0', 'event 2', 'event 4']);
    expect(faults.log.map(({ kind }) => kind)).toEqual(['refuse', 'refuseYetStore', 'refuse', 'refuse']);
    expect(codes(await put([eventOf(1)]))).toEqual(['ok']);
    expect(faults).toMatchObject({ came: 6, repeated: 1 });
  });

  it('refuse a single record with an exception', async () => {
    const { client } = await kinesisWorld({ plan: { refuse: { every: 1 } } });
    const put = client.send(new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from('x') }));
    expect(await errorOf(put)).toBe(THROTTLED);
  });

  it('throttle what its shard has room for', async () => {
    const { put, values, faults } = await kinesisWorld({ plan: { throttle: { every: 4 } } });
    expect(codes(await put(events(0, 4)))).toEqual(['ok', 'ok', 'ok', THROTTLED]);
    expect(codes(await put([eventOf(3)]))).toEqual(['ok']);
    expect(await values()).toEqual(texts(0, 4));
    expect(faults).toMatchObject({ came: 4, repeated: 0, throttled: 1 });
  });

  it('hold answers, and say when they went', async () => {
    const { put, clock, pass, faults, server } = await kinesisWorld({ plan: { holdAcks: { ms: 20 } } });
    const cameUs = clock.nowUs();
    let answered = false;
    const answer = put(events(0, 2)).then(() => {
      answered = true;
    });
    while (faults.came < 2) await new Promise(setImmediate);
    await pass(19_000);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    await pass(1000);
    await answer;
    const atUs = cameUs + 20_000;
    expect(faults.answers).toEqual(texts(0, 2).map((value) => ({ value, cameUs, atUs })));
    server.setFaults({});
    await put(events(2, 3));
  });

  it('stall, and then let everything pass', async () => {
    const { put, pass, server, faults, values } = await kinesisWorld();
    server.setFaults({ stall: { everyMs: 1000, forMs: 300, firstAfterMs: 0 } });
    await pass(0);
    const answer = put(events(0, 2));
    await pass(299_000);
    expect(faults.came).toBe(0);
    await pass(1000);
    await answer;
    expect(server.stalls.map(({ fromUs, toUs }) => (toUs as number) - fromUs)).toEqual([300_000]);
    server.setFaults({});
    expect(await values()).toEqual(texts(0, 2));
  });
});
