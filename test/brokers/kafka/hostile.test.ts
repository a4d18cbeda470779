import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apis } from '../../../src/brokers/kafka/api/registry.ts';
import { FrameAssembler } from '../../../src/brokers/kafka/frame-assembler.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { batchOf, createTopic, fetchBody, fetchFrom, produce, produceBody, rawClient, server } from './raw-client.ts';

const header = (apiKey: number, version: number) =>
  new ProtocolWriter().int16(apiKey).int16(version).int32(1).string('x');

it('a hostile client costs its own connection only', async () => {
  const { port } = await server();
  const good = rawClient(port);
  await createTopic(good, 't', 1);
  const batch = await batchOf([{ key: 'k', value: 'v' }]);
  const produced = Buffer.from(produceBody('t', 0, batch));
  const fetched = Buffer.from(fetchBody('t', 0, 0, { maxWaitMs: 0 }));
  const bodies: [number, Buffer][] = [
    [0, produced],
    [1, fetched],
    ...apis.map(({ key }): [number, Buffer] => [key, Buffer.alloc(0)]),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.integer({ min: -2, max: 14 }),
      fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      fc.nat(400),
      fc.uint8Array({ maxLength: 60 }),
      async ([key, body], version, changes, cut, tail) => {
        const bytes = Buffer.from(body);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const changed = Buffer.concat([bytes.subarray(0, cut), tail]);
        // Behind the replica's number stands how long a fetch may wait: a broker that waits as long as it is asked to costs nobody anything.
        if (key === 1) changed.subarray(4, 8).fill(0);
        const bad = rawClient(port);
        bad.send(header(key, version).raw(changed).takeFrame());
        // Whatever it does with that, this one is refused.
        bad.send(header(999, 0).takeFrame());
        await bad.closed;
        expect((await fetchFrom(good, 't', 0, 0)).error).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
  await produce(good, 't', 0, batch);
});

it.each([
  ['a length below zero', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a length beyond all reason', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
  ['a frame without a header', Buffer.from([0, 0, 0, 2, 0, 0])],
  ['an API that it does not have', Buffer.from(header(17, 0).takeFrame())],
  ['a version that it does not have', Buffer.from(header(0, 9).takeFrame())],
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('hangs up on %s', async (_, bytes) => {
  const client = rawClient((await server()).port);
  client.send(bytes);
  await client.closed;
});

it('answers ApiVersions of a version that nobody knows like the oldest, with the error of Kafka', async () => {
  const client = rawClient((await server()).port);
  const reader = await client.ask(18, 7, new Uint8Array());
  expect(reader.int16()).toBe(35);
  expect(reader.array(() => [reader.int16(), reader.int16(), reader.int16()])).toEqual([[18, 0, 3]]);
  expect(reader.remaining).toBe(0);
});

it('tells what it speaks, in the form of each version', async () => {
  const client = rawClient((await server()).port);
  const spoken = apis.map(({ key, versions }) => [key, ...versions]);
  for (const version of [0, 1, 2]) {
    const reader = await client.ask(18, version, new Uint8Array());
    expect(reader.int16()).toBe(0);
    expect(reader.array(() => [reader.int16(), reader.int16(), reader.int16()])).toEqual(spoken);
    if (version > 0) expect(reader.int32()).toBe(0);
    expect(reader.remaining).toBe(0);
  }
  const reader = await client.ask(18, 3, Buffer.from([0, 2, 0x61, 2, 0x61, 0]));
  expect([reader.int16(), reader.int8()]).toEqual([0, spoken.length + 1]);
  for (const one of spoken)
    expect([reader.int16(), reader.int16(), reader.int16(), reader.int8()]).toEqual([...one, 0]);
  expect([reader.int32(), reader.int8(), reader.remaining]).toEqual([0, 0, 0]);
});

it('takes memory for a frame as its bytes come, not as its length says', async () => {
  const broker = await server();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 100; i++) rawClient(broker.port).send(Buffer.from([1, 0xff, 0xff, 0xff, 0, 0]));
  const client = rawClient(broker.port);
  await client.ask(18, 0, new Uint8Array());
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
});

it('puts frames together however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(300_000), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 }),
      (lengths, cuts) => {
        const frames = lengths.map((length) => randomBytes(length));
        const stream = Buffer.concat(frames.flatMap((frame) => [lengthOf(frame), frame]));
        const assembler = new FrameAssembler();
        const found: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const chunk = stream.subarray(at, at + (cuts[i % cuts.length] as number));
          at += chunk.length;
          for (let from = 0; ; ) {
            from = assembler.take(chunk, from);
            if (assembler.frame === null) break;
            found.push(Buffer.from(assembler.frame));
          }
        }
        expect(found.map((frame) => frame.length)).toEqual(lengths);
        expect(found.every((frame, i) => frame.equals(frames[i] as Buffer))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

function lengthOf(frame: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(frame.length);
  return bytes;
}
