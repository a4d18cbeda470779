import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { systemClock } from '../../core/clock.ts';
import { serveParent } from '../broker-process.ts';
import { faultPlanOf } from '../fault-knobs.ts';
import type { FaultProxy } from './fault-proxy/fault-proxy.ts';

/** How often the broker tells what it took, as Mosquitto does every ten seconds: often enough for a run of some seconds. */
const TELL_MS = 200;

await serveParent(async ({ port: wanted, faultSeed }, { listening, failed }) => {
  const broker = await Aedes.createBroker({
    // No bound on publishes under way: beyond one, aedes queues in an array whose head it shifts off, and with 1 000 busy connections
    // falls from 50 000 to 9 000 messages/s. Each connection is bounded anyway: its next read waits for what the last one brought.
    concurrency: 0,
    // Long enough for the identifiers that iotload makes; 23 is what MQTT 3.1.1 demands at least.
    maxClientsIdLength: 1024,
    // A slow reader holds its publishers back and is never cut off, so that nothing is dropped.
    drainTimeout: 0,
  });
  tellReceived(broker);
  /** Stands before the broker in this process, and does harm when it is told to. */
  let proxy: FaultProxy<null> | null = null;
  const standBefore = async (port: number): Promise<void> => {
    const { startFaultProxy } = await import('./fault-proxy/fault-proxy.ts');
    const upstream = { host: '127.0.0.1', port };
    proxy = await startFaultProxy({ upstream, faults: {}, clock: systemClock(), keep: () => null, remembers: false });
    listening(proxy.port);
  };
  const server = createServer({ noDelay: true }, (socket) => void broker.handle(socket));
  server.on('error', failed);
  server.listen({ port: wanted, host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address();
    if (address === null || typeof address !== 'object') return;
    if (faultSeed === null) listening(address.port);
    else void standBefore(address.port);
  });
  return (faults) => proxy?.setFaults(faultPlanOf(faults, faultSeed ?? 1));
});

/** Counts what clients publish and tells it, retained, where Mosquitto does. */
function tellReceived(broker: Aedes): void {
  const message = {
    cmd: 'publish',
    topic: '$SYS/broker/publish/messages/received',
    qos: 0,
    dup: false,
    retain: true,
  } as const;
  let [received, told] = [0, 0];
  broker.on('publish', (_, client) => {
    if (client !== null) received++;
  });
  systemClock().every(TELL_MS, () => {
    if (received === told) return;
    told = received;
    broker.publish({ ...message, payload: `${received}` }, () => {});
  });
}
