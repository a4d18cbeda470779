import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { clearBatch, createEventBatch } from '../src/core/event-batch.ts';
import { createFleetEvents } from '../src/events/fleet-events.ts';
import { loadPlan } from '../src/plan/load-plan.ts';
import type { Plan } from '../src/plan/plan.ts';
import { PacketType, publishBytes, writePublish } from '../src/wire/mqtt-frames.ts';
import { FrameSplitter } from '../src/wire/mqtt-splitter.ts';
import { meter, readAndProve } from './rivals/own-reader.ts';
import { compareRivals, type Figure, startRole } from './rivals/rounds.ts';

/*
 * What does it cost to read events back and to prove each of them? CPU seconds (user + system) of the reading process per million
 * events of about 240 B, from a process that does nothing but send them. Ours finds the identity of each, checks its checksum, enters it
 * into the ledger and its time into a histogram; MQTT.js counts messages. Connecting and a warm-up are left out. Rivals take turns,
 * the median of the rounds counts.
 *
 *   node --import tsx bench/mqtt-read.ts [rounds] [events]
 */

const WARM_UP = 100_000;
const anchor = { runId: 'bench', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };
const FRAMES_AT_ONCE = 512;

const [role, port = '0', qos = '0', messages = '0'] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = { blaster, iotload, 'mqtt.js': mqttJs };
await (roles[role ?? ''] ?? compare)();

async function planOf(events: number): Promise<Plan> {
  const text = `iotload: 1
run: { duration: 1h }
fleets: { phones: { model: phone-motion, devices: 1000, rate: 100k/s, payload: raw, topic: "phones/<device>/motion" } }
target: { protocol: mqtt, endpoint: "mqtt://127.0.0.1:${port}", qos: ${qos} }
`;
  const outcome = await loadPlan({ text, file: 'bench.yaml', env: {}, set: [], allow: [], count: `${events}` });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

/** Grants the first SUBSCRIBE of each connection and then sends it all events, as fast as it takes them. */
async function blaster(): Promise<void> {
  const events = Number(messages);
  const level = Number(qos) as 0 | 1;
  const plan = await planOf(events);
  const server = createServer({ noDelay: true }, (socket) => {
    const splitter = new FrameSplitter();
    let subscribed = false;
    socket.on('data', (chunk: Buffer) => {
      splitter.push(chunk, chunk.length, (bytes, start, body) => {
        const type = (bytes[start] as number) >>> 4;
        if (type === PacketType.connect) socket.write(Buffer.from([PacketType.connack << 4, 2, 0, 0]));
        if (type !== PacketType.subscribe) return;
        socket.write(Buffer.from([PacketType.suback << 4, 3, bytes[body] as number, bytes[body + 1] as number, level]));
        // A reader that has seen all of it hangs up.
        if (!subscribed)
          blast(plan, socket.write.bind(socket), () => once(socket, 'drain')).catch(() => socket.destroy());
        subscribed = true;
      });
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
  process.once('disconnect', () => process.exit(0));
}

async function blast(plan: Plan, write: (bytes: Buffer) => boolean, drained: () => Promise<unknown>): Promise<void> {
  const level = Number(qos) as 0 | 1;
  const { append, profile, slots, maxEventBytes } = createFleetEvents(plan, 0, anchor);
  const batch = createEventBatch(FRAMES_AT_ONCE, FRAMES_AT_ONCE * maxEventBytes);
  let packetId = 0;
  for (let slot = 0; slot < slots; ) {
    clearBatch(batch, 0);
    while (slot < slots && append(slot, profile.timeOf(slot), batch)) slot++;
    let size = 0;
    for (let i = 0; i < batch.count; i++) {
      const [start, payload, end] = [batch.starts[i], batch.payloads[i], batch.ends[i]] as [number, number, number];
      size += publishBytes(payload - start, end - payload, level);
    }
    const out = Buffer.allocUnsafe(size);
    let at = 0;
    for (let i = 0; i < batch.count; i++) {
      const [start, payload, end] = [batch.starts[i], batch.payloads[i], batch.ends[i]] as [number, number, number];
      packetId = (packetId % 65_535) + 1;
      at = writePublish(out, at, batch.bytes, start, payload, end, level << 1, packetId);
    }
    if (!write(out)) await drained();
  }
}

async function iotload(): Promise<void> {
  const { openSource } = await import('../src/targets/mqtt/source.ts');
  const plan = await planOf(Number(messages));
  await readAndProve(plan, anchor, meter(Number(messages), WARM_UP), openSource, (detail) => {
    throw new Error(detail);
  });
}

async function mqttJs(): Promise<void> {
  const { connectAsync } = await import('mqtt');
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  const { arrived, done } = meter(Number(messages), WARM_UP);
  client.on('message', () => arrived(1));
  await client.subscribeAsync('phones/#', { qos: Number(qos) as 0 | 1 });
  await done;
  client.end(true);
  process.disconnect?.();
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 1_000_000) + WARM_UP;
  for (const level of [0, 1]) {
    const sender = startRole(import.meta.url, ['blaster', '1', `${level}`, `${count}`]);
    const [senderPort] = (await once(sender, 'message')) as [number];
    const own = (name: string) => async (): Promise<Figure> => {
      const child = startRole(import.meta.url, [name, `${senderPort}`, `${level}`, `${count}`]);
      const [figure] = (await once(child, 'message')) as [Figure];
      await once(child, 'exit');
      return figure;
    };
    await compareRivals(`read and prove, QoS ${level}`, rounds, {
      iotload: own('iotload'),
      'MQTT.js, counting': own('mqtt.js'),
    });
    sender.disconnect();
  }
}
