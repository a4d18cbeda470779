import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { TestBroker } from './aedes-broker.ts';

/** An MQTT broker in the test's own process that listens for WebSockets at `path`, which take fragments of at most `fragment` bytes. */
export async function startAedesWebSocket(path = '/mqtt', fragment = Number.POSITIVE_INFINITY): Promise<TestBroker> {
  const broker = await Aedes.createBroker({ concurrency: 10_000, maxClientsIdLength: 1024, drainTimeout: 0 });
  const http = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  const server = new WebSocketServer({
    server: http,
    path,
    handleProtocols: (offered) => offered.has('mqtt') && 'mqtt',
  });
  server.on('connection', (client) => {
    const stream = createWebSocketStream(client);
    stream.on('error', () => {});
    if (Number.isFinite(fragment)) {
      // Frames then begin and end anywhere in the messages.
      stream._write = (chunk: Buffer, _encoding, done) => {
        for (let at = 0; at < chunk.length; at += fragment) client.send(chunk.subarray(at, at + fragment));
        done();
      };
    }
    broker.handle(stream);
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const cut = (): void => {
    for (const client of server.clients) client.terminate();
  };
  return {
    port,
    endpoint: `ws://127.0.0.1:${port}${path}`,
    cut,
    async stop() {
      cut();
      const closed = new Promise((resolve) => {
        http.close(resolve);
      });
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
      server.close();
      await closed;
    },
  };
}
