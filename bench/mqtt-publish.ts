import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/core/clock.ts';
import { createEventBatch, type EventBatch } from '../src/core/event-batch.ts';
import type { TargetFleet } from '../src/targets/target.ts';
import { Answer, PacketType, writeAnswer } from '../src/wire/mqtt-frames.ts';
import { createPublishLayout, readPublish } from '../src/wire/mqtt-publish.ts';
import { FrameSplitter } from '../src/wire/mqtt-splitter.ts';

/*
 * What does publishing cost? CPU seconds (user + system) of the publishing process per million messages of 200 B, over one connection
 * to a broker in another process that only answers. Rivals: MQTT.js `publish` and `mosquitto_pub -l`. Rivals take turns, the median
 * of the rounds counts. Connecting and 100 000 messages of warm-up are left out, except for mosquitto_pub, which is measured whole.
 *
 *   node --import tsx bench/mqtt-publish.ts [rounds] [messages]
 */

const TOPIC = 'iot/devices/d-00001234/telemetry';
const PAYLOAD = JSON.stringify({ device: 'd-00001234', pad: '' }).replace('""', `"${'x'.repeat(200 - 34)}"`);
const WINDOW = 1000;
const WARM_UP = 100_000;

interface Figure {
  cpuSeconds: number;
  wallSeconds: number;
}

const [role, port = '0', qos = '0', messages = '0'] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = { broker, iotload, 'mqtt.js': mqttJs };
await (roles[role ?? ''] ?? compare)();

/** Answers CONNECT, PUBLISH, SUBSCRIBE and PINGREQ, keeps nothing. */
async function broker(): Promise<void> {
  const layout = createPublishLayout();
  const server = createServer({ noDelay: true }, (socket) => {
    const splitter = new FrameSplitter();
    let out = Buffer.allocUnsafe(64 * 1024);
    let used = 0;
    socket.on('data', (chunk: Buffer) => {
      splitter.push(chunk, chunk.length, (bytes, start, body, end) => {
        const type = (bytes[start] as number) >>> 4;
        if (type === PacketType.publish) {
          readPublish(bytes, start, body, end, layout);
          if (layout.qos === 1) used = writeAnswer(out, used, Answer.puback, layout.packetId);
        } else if (type === PacketType.connect) {
          used += Buffer.from([PacketType.connack << 4, 2, 0, 0]).copy(out, used);
        } else if (type === PacketType.pingreq) {
          used += Buffer.from([PacketType.pingresp << 4, 0]).copy(out, used);
        }
      });
      if (used === 0) return;
      socket.write(out.subarray(0, used));
      out = Buffer.allocUnsafe(64 * 1024);
      used = 0;
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
  process.once('disconnect', () => process.exit(0));
}

/** Measures `publish(count)` after a warm-up and tells the parent. */
async function measured(publish: (count: number) => Promise<void>): Promise<void> {
  const clock = systemClock();
  await publish(WARM_UP);
  const before = process.cpuUsage();
  const startUs = clock.nowUs();
  await publish(Number(messages));
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuSeconds: (user + system) / 1e6, wallSeconds: (clock.nowUs() - startUs) / 1e6 });
}

/** Our sink, driven as the engine drives it: batches of up to 64, room counted down, waiting for `drained`. */
async function iotload(): Promise<void> {
  const { openOwnSink } = await import('./rivals/own-sink.ts');
  const clock = systemClock();
  const fleet: TargetFleet = { index: 0, name: 'f', devices: 1, address: TOPIC, deviceId: () => 'd' };
  const options = {
    endpoint: `mqtt://127.0.0.1:${port}`,
    version: 4,
    qos: Number(qos),
    retain: false,
    cleanStart: true,
    sessionExpiryS: null,
    will: null,
    connections: 1,
    username: null,
    password: null,
    devicesFile: null,
    reader: null,
    tls: null,
    alpn: [],
    connectPerSecond: 1000,
    connectTimeoutUs: 5e6,
    leastUp: null,
    share: null,
    sourceAddresses: [],
    keepAliveUs: 60e6,
    maxInFlight: WINDOW,
    timeoutUs: 30e6,
  };
  const { sink, drained, settled } = await openOwnSink(options, fleet);
  const batch = filledBatch(64);
  const { room } = sink;
  await measured(async (count) => {
    let sent = 0;
    while (sent < count) {
      const size = Math.min(64, count - sent, room[0] as number);
      if (size === 0) {
        await drained();
        continue;
      }
      room[0] = (room[0] as number) - size;
      batch.count = size;
      sink.send(batch, clock.nowUs());
      sent += size;
    }
    await settled(count);
  });
  await sink.close();
  process.disconnect?.();
}

function filledBatch(count: number): EventBatch {
  const batch = createEventBatch(count, 64 * 1024);
  for (let i = 0; i < count; i++) {
    batch.starts[i] = batch.end;
    batch.end += Buffer.from(batch.bytes.buffer).write(TOPIC, batch.end);
    batch.identities[i] = batch.end;
    batch.payloads[i] = batch.end;
    batch.end += Buffer.from(batch.bytes.buffer).write(PAYLOAD, batch.end);
    batch.ends[i] = batch.end;
    batch.slots[i] = i;
  }
  return batch;
}

/** MQTT.js as its users use it, with the same window. */
async function mqttJs(): Promise<void> {
  const { connectAsync } = await import('mqtt');
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  const payload = Buffer.from(PAYLOAD);
  const options = { qos: Number(qos) as 0 | 1 };
  await measured(
    (count) =>
      new Promise((resolve, reject) => {
        let sent = 0;
        let done = 0;
        const onDone = (error?: Error): void => {
          if (error !== undefined && error !== null) reject(error);
          if (++done === count) resolve();
          else if (sent < count && sent - done < WINDOW / 2) fill();
        };
        const fill = (): void => {
          while (sent < count && sent - done < WINDOW) {
            sent++;
            client.publish(TOPIC, payload, options, onDone);
          }
        };
        fill();
      }),
  );
  await client.endAsync(true);
  process.disconnect?.();
}

/** One run of a rival that is a role of this file. */
async function ownFigure(name: string, brokerPort: number, level: number, count: number): Promise<Figure> {
  const [figure] = await once(start([name, `${brokerPort}`, `${level}`, `${count}`]), 'message');
  return figure as Figure;
}

/** `mosquitto_pub -l`, one line per message, timed by the shell. */
async function mosquittoFigure(brokerPort: number, level: number, count: number): Promise<Figure> {
  const command = `TIMEFORMAT='%U %S %R'; time mosquitto_pub -h 127.0.0.1 -p ${brokerPort} -q ${level} -t ${TOPIC} -l`;
  const child = spawn('bash', ['-c', command], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const lines = `${PAYLOAD}\n`.repeat(1000);
  for (let written = 0; written < count; written += 1000) {
    if (!child.stdin.write(lines)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  await once(child, 'close');
  const [user, system, real] = said.trim().split(' ').map(Number) as [number, number, number];
  return { cpuSeconds: user + system, wallSeconds: real };
}

function start(args: string[]): ChildProcess {
  const self = fileURLToPath(import.meta.url);
  return fork(self, args, { execArgv: ['--import', 'tsx'] });
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 1_000_000);
  const sink = start(['broker']);
  const [brokerPort] = (await once(sink, 'message')) as [number];
  const rivals: Record<string, (level: number) => Promise<Figure>> = {
    iotload: (level) => ownFigure('iotload', brokerPort, level, count),
    'MQTT.js publish': (level) => ownFigure('mqtt.js', brokerPort, level, count / 2),
    'mosquitto_pub -l': (level) => mosquittoFigure(brokerPort, level, count / 2),
  };
  const share: Record<string, number> = { iotload: 1, 'MQTT.js publish': 0.5, 'mosquitto_pub -l': 0.5 };
  for (const level of [0, 1]) {
    const figures = new Map<string, Figure[]>(Object.keys(rivals).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, run] of Object.entries(rivals)) figures.get(name)?.push(await run(level));
    }
    console.log(`QoS ${level}: CPU s per million (all rounds), messages/s`);
    for (const [name, all] of figures) {
      const millions = (count * (share[name] as number)) / 1e6;
      const cpu = all.map(({ cpuSeconds }) => cpuSeconds / millions).sort((a, b) => a - b);
      const rate = all.map(({ wallSeconds }) => millions / wallSeconds).sort((a, b) => a - b);
      const middle = rounds >> 1;
      const spread = cpu.map((value) => value.toFixed(2)).join(' ');
      const perSecond = Math.round((rate[middle] as number) * 1000);
      console.log(`  ${name.padEnd(17)} ${(cpu[middle] as number).toFixed(2)} (${spread})  ${perSecond} k/s`);
    }
  }
  sink.disconnect();
}
