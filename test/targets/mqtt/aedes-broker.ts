import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** An MQTT broker in the test's own process. */
export interface TestBroker {
  port: number;
  endpoint: string;
  /** Cuts every connection; new ones are welcome. */
  cut(): void;
  stop(): Promise<void>;
}

/** `taken` is called with each payload that a client publishes. */
export async function startAedes(port = 0, taken: (payload: string) => void = () => {}): Promise<TestBroker> {
  const broker = await Aedes.createBroker({ concurrency: 10_000, maxClientsIdLength: 1024, drainTimeout: 0 });
  broker.on('publish', (packet, client) => {
    if (client !== null) taken(packet.payload.toString());
  });
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    endpoint: `mqtt://127.0.0.1:${bound}`,
    cut,
    async stop() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      cut();
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
      await closed;
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
