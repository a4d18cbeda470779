import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ProtocolReader } from '../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../src/wire/kafka/protocol-writer.ts';
import { type CountingBroker, startCountingBroker } from './counting-broker.ts';

/*
 * A Kafka broker that only answers: ApiVersions, Metadata, InitProducerId and Produce. It has whatever topic it is asked for, says that it
 * took everything, keeps nothing but offsets, counts records, and runs in a process of its own, so that nobody is charged for it.
 */

/** Starts one. */
export function startNullKafka(partitions: number): Promise<CountingBroker> {
  return startCountingBroker(import.meta.url, `${partitions}`);
}

const Api = { produce: 0, metadata: 3, apiVersions: 18, initProducerId: 22 } as const;
/** The old, non-flexible versions, which every client speaks to old brokers; ApiVersions alone has a flexible one. */
const versions: readonly (readonly [number, number, number])[] = [
  [Api.produce, 3, 7],
  [Api.metadata, 0, 6],
  [Api.apiVersions, 0, 3],
  [Api.initProducerId, 0, 1],
];
/** In a record batch: the number of its records. */
const COUNT_AT = 57;
const UNSUPPORTED_VERSION = 35;

interface Served {
  port: number;
  partitions: number;
  records: number;
  producers: number;
  /** Next offset, by topic and partition. */
  offsets: Map<string, number>;
}

/** The answer to one frame, without its length; null where none is due. */
function answerTo(frame: Buffer, served: Served): Uint8Array | null {
  const request = new ProtocolReader(frame);
  const [api, version, correlation] = [request.int16(), request.int16(), request.int32()];
  request.nullableString();
  const out = new ProtocolWriter(512).int32(correlation);
  if (api === Api.apiVersions) apiVersions(out, version);
  else if (api === Api.metadata) metadata(request, out, version, served);
  else if (api === Api.initProducerId)
    out
      .int32(0)
      .int16(0)
      .int64(++served.producers)
      .int16(0);
  else if (api === Api.produce) return produce(request, out, version, served) ? out.takeFrame() : null;
  else throw new Error(`no answer to api ${api}`);
  return out.takeFrame();
}

function apiVersions(out: ProtocolWriter, version: number): void {
  const known = version <= 3;
  out.int16(known ? 0 : UNSUPPORTED_VERSION);
  if (known && version === 3) {
    // Compact array: its length and one more, as a varint; each element and the whole end with an empty set of tagged fields.
    out.int8(versions.length + 1);
    for (const [key, from, to] of versions) out.int16(key).int16(from).int16(to).int8(0);
    out.int32(0).int8(0);
    return;
  }
  out.array(versions, ([key, from, to]) => out.int16(key).int16(from).int16(to));
  if (known && version >= 1) out.int32(0);
}

function metadata(request: ProtocolReader, out: ProtocolWriter, version: number, served: Served): void {
  const topics = request.array((reader) => reader.string());
  if (version >= 3) out.int32(0);
  out.int32(1).int32(1).string('127.0.0.1').int32(served.port);
  if (version >= 1) out.string(null);
  if (version >= 2) out.string('null');
  if (version >= 1) out.int32(1);
  out.array(topics, (topic) => {
    out.int16(0).string(topic);
    if (version >= 1) out.boolean(false);
    out.int32(served.partitions);
    for (let partition = 0; partition < served.partitions; partition++) {
      out.int16(0).int32(partition).int32(1).int32(1).int32(1).int32(1).int32(1);
      if (version >= 5) out.int32(0);
    }
  });
}

/** False where no answer is wanted. */
function produce(request: ProtocolReader, out: ProtocolWriter, version: number, served: Served): boolean {
  request.nullableString();
  const acks = request.int16();
  request.int32();
  out.int32(0);
  const topics = request.arrayLength();
  out.patchInt32(out.length - 4, topics);
  for (let i = 0; i < topics; i++) {
    const topic = request.string();
    out.string(topic);
    const partitions = request.arrayLength();
    out.int32(partitions);
    for (let j = 0; j < partitions; j++) {
      const partition = request.int32();
      const batch = request.bytes();
      const count = new DataView(batch.buffer, batch.byteOffset, batch.length).getInt32(COUNT_AT);
      const at = `${topic} ${partition}`;
      const offset = served.offsets.get(at) ?? 0;
      served.offsets.set(at, offset + count);
      served.records += count;
      out.int32(partition).int16(0).int64(offset).int64(-1);
      if (version >= 5) out.int64(0);
    }
  }
  out.int32(0);
  return acks !== 0;
}

/** Frames out of a stream, whose chunks are joined once each. */
function framesOf(handle: (frame: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, held);
    wanted = 4;
    while (bytes.length >= 4) {
      const end = 4 + bytes.readInt32BE(0);
      if (bytes.length < end) {
        wanted = end;
        break;
      }
      handle(bytes.subarray(4, end));
      bytes = bytes.subarray(end);
    }
    chunks = [bytes];
    held = bytes.length;
  };
}

async function serve(): Promise<void> {
  const served: Served = {
    port: 0,
    partitions: Number(process.argv[3]),
    records: 0,
    producers: 0,
    offsets: new Map(),
  };
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on(
      'data',
      framesOf((frame) => {
        const answer = answerTo(frame, served);
        if (answer !== null) socket.write(answer);
      }),
    );
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  served.port = (server.address() as AddressInfo).port;
  process.on('message', () => {
    process.send?.(served.records);
    served.records = 0;
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(served.port);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
