import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { startKafkaServer } from '../../../src/brokers/kafka/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { loadCrc32c } from '../../../src/wire/kafka/crc32c.ts';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { BatchField } from '../../../src/wire/kafka/record-batch.ts';
import { varintBytes, writeVarint } from '../../../src/wire/kafka/varint.ts';

export type ServerOptions = Partial<Parameters<typeof startKafkaServer>[0]>;

/** A broker in this process, gone with the test. */
export async function server(options: ServerOptions = {}): ReturnType<typeof startKafkaServer> {
  const started = await startKafkaServer({ port: 0, clock: systemClock(), crc32c: await loadCrc32c(), ...options });
  onTestFinished(() => started.close());
  return started;
}

/** A connection that writes frames and gives answers, in their order. */
export interface RawClient {
  /** Sends a request and resolves with a reader behind the answer's correlation id, which is checked; rejects when the connection ends. */
  ask(apiKey: number, version: number, body: Uint8Array): Promise<ProtocolReader>;
  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void;
  /** Resolves when the broker has ended the connection. */
  readonly closed: Promise<void>;
  close(): void;
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const waiting: { id: number; resolve(reader: ProtocolReader): void; reject(error: Error): void }[] = [];
  let received = Buffer.alloc(0);
  let nextId = 1;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0);
      const reader = new ProtocolReader(Uint8Array.from(received.subarray(4, end)));
      received = received.subarray(end);
      const asked = waiting.shift();
      const id = reader.int32();
      if (asked?.id === id) asked.resolve(reader);
      else asked?.reject(new Error(`answer ${id} to request ${asked.id}`));
    }
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      for (const { reject } of waiting.splice(0)) reject(new Error('the connection has ended'));
      resolve();
    });
  });
  onTestFinished(() => void socket.destroy());
  return {
    ask: (apiKey, version, body) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.push({ id, resolve, reject });
        socket.write(new ProtocolWriter().int16(apiKey).int16(version).int32(id).string('raw').raw(body).takeFrame());
      }),
    send: (bytes) => void socket.write(bytes),
    closed,
    close: () => void socket.destroy(),
  };
}

export interface TestRecord {
  key?: string | null;
  value: string;
}

/** A whole record batch, uncompressed, made without the code that the product makes batches with. */
export async function batchOf(
  records: readonly TestRecord[],
  producer: { id: bigint; epoch: number; sequence: number } = { id: -1n, epoch: -1, sequence: -1 },
): Promise<Uint8Array> {
  const bodies = records.map(({ key = null, value }, i) => {
    const [k, v] = [key === null ? null : Buffer.from(key), Buffer.from(value)];
    const parts = [Buffer.from([0]), varint(0), varint(i), varint(k?.length ?? -1), k ?? Buffer.alloc(0)];
    const body = Buffer.concat([...parts, varint(v.length), v, varint(0)]);
    return Buffer.concat([varint(body.length), body]);
  });
  const batch = Buffer.concat([Buffer.alloc(BatchField.records), ...bodies]);
  batch.writeInt32BE(batch.length - 12, BatchField.length);
  batch.writeInt32BE(-1, BatchField.leaderEpoch);
  batch.writeInt8(2, BatchField.magic);
  batch.writeInt32BE(records.length - 1, BatchField.lastOffsetDelta);
  batch.writeBigInt64BE(1_700_000_000_000n, BatchField.baseTimestamp);
  batch.writeBigInt64BE(1_700_000_000_000n, BatchField.maxTimestamp);
  batch.writeBigInt64BE(producer.id, BatchField.producerId);
  batch.writeInt16BE(producer.epoch, BatchField.producerEpoch);
  batch.writeInt32BE(producer.sequence, BatchField.baseSequence);
  batch.writeInt32BE(records.length, BatchField.count);
  return sealed(batch);
}

/** The same bytes with a checksum that fits. */
export async function sealed(batch: Uint8Array): Promise<Uint8Array> {
  const copy = Buffer.from(batch);
  copy.writeUInt32BE((await loadCrc32c())(copy, BatchField.attributes, copy.length), BatchField.crc);
  return copy;
}

/** The body of a Produce request (v3 to v8) for one partition. */
export function produceBody(topic: string, partition: number, records: Uint8Array | null, acks = -1): Uint8Array {
  const writer = new ProtocolWriter().string(null).int16(acks).int32(1000).int32(1).string(topic);
  return writer.int32(1).int32(partition).bytes(records).take();
}

/** Produces one batch by version 7 and says what was answered. */
export async function produce(client: RawClient, topic: string, partition: number, records: Uint8Array | null) {
  const reader = await client.ask(0, 7, produceBody(topic, partition, records));
  reader.skip(4 + 2 + topic.length + 4 + 4);
  return { error: reader.int16(), baseOffset: reader.safeInt64() };
}

export interface FetchBody {
  maxWaitMs?: number;
  minBytes?: number;
  maxBytes?: number;
  partitionBytes?: number;
}

/** The body of a Fetch request of version 11 for one partition. */
export function fetchBody(topic: string, partition: number, offset: number, body: FetchBody = {}): Uint8Array {
  const { maxWaitMs = 0, minBytes = 1, maxBytes = 50_000_000, partitionBytes = 10_000_000 } = body;
  const writer = new ProtocolWriter().int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(0);
  writer.int32(0).int32(-1).int32(1).string(topic).int32(1);
  writer.int32(partition).int32(-1).int64(offset).int64(-1).int32(partitionBytes);
  return writer.int32(0).string('').take();
}

/** Fetches from one partition by version 11. */
export async function fetchFrom(client: RawClient, topic: string, partition: number, offset: number, body?: FetchBody) {
  const reader = await client.ask(1, 11, fetchBody(topic, partition, offset, body));
  reader.skip(4 + 2 + 4 + 4 + 2 + topic.length + 4 + 4);
  const [error, highWatermark] = [reader.int16(), reader.safeInt64()];
  reader.skip(8 + 8 + 4 + 4);
  return { error, highWatermark, records: Buffer.from(reader.bytes()) };
}

/** Creates a topic. */
export async function createTopic(
  client: RawClient,
  topic: string,
  partitions: number,
  configs: [string, string][] = [],
) {
  const writer = new ProtocolWriter().int32(1).string(topic).int32(partitions).int16(-1).int32(0);
  writer.array(configs, ([key, value]) => writer.string(key).string(value));
  const reader = await client.ask(19, 2, writer.int32(1000).boolean(false).take());
  reader.skip(8);
  return { name: reader.string(), error: reader.int16() };
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintBytes(value));
  writeVarint(bytes, 0, value);
  return bytes;
}
