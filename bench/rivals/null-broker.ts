import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Answer, PacketType, writeAnswer } from '../../src/wire/mqtt-frames.ts';
import { createPublishLayout, readPublish } from '../../src/wire/mqtt-publish.ts';
import { FrameSplitter } from '../../src/wire/mqtt-splitter.ts';
import { type CountingBroker, startCountingBroker } from './counting-broker.ts';

/*
 * A broker that only answers: CONNECT, PUBLISH, SUBSCRIBE and PINGREQ of MQTT 3.1.1 and 5. It keeps nothing, counts what was published, and
 * runs in a process of its own, so that nobody is charged for it.
 */

/** Starts one. */
export function startNullBroker(): Promise<CountingBroker> {
  return startCountingBroker(import.meta.url);
}

async function serve(): Promise<void> {
  const layout = createPublishLayout();
  let published = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const splitter = new FrameSplitter();
    let version = 4;
    let out = Buffer.allocUnsafe(4 * 1024);
    let used = 0;
    const answer = (...bytes: number[]): void => {
      used += Buffer.from(bytes).copy(out, used);
    };
    socket.on('data', (chunk: Buffer) => {
      // The shortest frame that is answered has as many bytes as its answer, but for PINGREQ.
      if (out.length < chunk.length + 64) out = Buffer.allocUnsafe(chunk.length + 64);
      splitter.push(chunk, chunk.length, (bytes, start, body, end) => {
        const type = (bytes[start] as number) >>> 4;
        if (type === PacketType.publish) {
          published++;
          readPublish(bytes, start, body, end, layout);
          if (layout.qos === 1) used = writeAnswer(out, used, Answer.puback, layout.packetId);
        } else if (type === PacketType.connect) {
          version = bytes[body + 6] as number;
          if (version === 5) answer(PacketType.connack << 4, 3, 0, 0, 0);
          else answer(PacketType.connack << 4, 2, 0, 0);
        } else if (type === PacketType.pingreq) {
          answer(PacketType.pingresp << 4, 0);
        } else if (type === PacketType.subscribe) {
          const id = [bytes[body] as number, bytes[body + 1] as number];
          if (version === 5) answer(PacketType.suback << 4, 4, ...id, 0, 1);
          else answer(PacketType.suback << 4, 3, ...id, 1);
        }
      });
      if (used === 0) return;
      socket.write(out.subarray(0, used));
      out = Buffer.allocUnsafe(4 * 1024);
      used = 0;
    });
    socket.on('error', () => {});
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  process.on('message', () => {
    process.send?.(published);
    published = 0;
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.((server.address() as AddressInfo).port);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
