import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FrameSplitter } from '../../../src/wire/mqtt-splitter.ts';

/** A broker under the test's control. */
export interface ScriptedBroker {
  endpoint: string;
  /** Every connection there was, in order. */
  sockets: Socket[];
  /** Client ids of the CONNECTs, in order. */
  clients: string[];
  /** Clients whose CONNECT is refused as not authorized. */
  refused: Set<string>;
  /** Number of DISCONNECTs. */
  farewells: number;
  stop(): Promise<unknown>;
}

/** Answers CONNECT and leaves PUBLISHes to `onPublish`; speaks MQTT 3.1.1. */
export async function scriptedBroker(
  onPublish: (socket: Socket, packetId: number, topic: string) => void,
): Promise<ScriptedBroker> {
  const server = createServer((socket) => {
    broker.sockets.push(socket);
    const splitter = new FrameSplitter();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      splitter.push(chunk, chunk.length, (bytes, start, body) => {
        const type = (bytes[start] as number) >>> 4;
        if (type === 1) {
          const client = textAt(bytes, body + 10);
          broker.clients.push(client);
          socket.write(Buffer.from([0x20, 2, 0, broker.refused.has(client) ? 5 : 0]));
        }
        if (type === 14) broker.farewells++;
        if (type !== 3) return;
        const at = body + 2 + lengthAt(bytes, body);
        onPublish(socket, lengthAt(bytes, at), textAt(bytes, body));
      });
    });
  });
  const broker: ScriptedBroker = {
    endpoint: '',
    sockets: [],
    clients: [],
    refused: new Set(),
    farewells: 0,
    stop(): Promise<unknown> {
      for (const socket of broker.sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  broker.endpoint = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return broker;
}

export const puback = (packetId: number): Buffer => Buffer.from([0x40, 2, packetId >>> 8, packetId & 255]);

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function textAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at + 2, at + 2 + lengthAt(bytes, at))).toString();
}
