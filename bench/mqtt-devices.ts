import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { MqttClient } from 'mqtt';
import { systemClock } from '../src/core/clock.ts';
import { createEventBatch } from '../src/core/event-batch.ts';
import type { TargetFleet } from '../src/targets/target.ts';
import { compileC } from './rivals/c-client.ts';
import { startNullBroker } from './rivals/null-broker.ts';
import { compareRivals, type Figure, startRole, timedCommand } from './rivals/rounds.ts';

/*
 * What does it cost to be a thousand devices, each with a connection of its own that sends one message at a time? CPU seconds (user +
 * system) of the publishing process per million messages of 200 B into a broker in another process that only answers. Ten messages in
 * flight per device at most. Connecting and a warm-up are left out, except for emqtt-bench, which is measured whole (starting
 * its machine and 1 000 connections cost it about 0.7 s). Rivals take turns, the median of the rounds counts. At QoS 0 a program in C that
 * does nothing but write() says what the system alone takes: nobody who sends one message at a time can cost less.
 *
 *   node --import tsx bench/mqtt-devices.ts [rounds] [messages]
 *   EMQTT_BENCH=/path/to/emqtt_bench node --import tsx bench/mqtt-devices.ts
 */

const DEVICES = 1_000;
const IN_FLIGHT = 10;
const WARM_UP = 100_000;
const PAYLOAD = JSON.stringify({ device: 'd-00001234', pad: '' }).replace('""', `"${'x'.repeat(200 - 34)}"`);

const [role, port = '0', qos = '0', messages = '0'] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = { iotload, 'mqtt.js': mqttJs };
await (roles[role ?? ''] ?? compare)();

/** Measures `publish(count)` after a warm-up and tells the parent. */
async function measured(publish: (count: number) => Promise<void>): Promise<void> {
  const clock = systemClock();
  await publish(WARM_UP);
  const before = process.cpuUsage();
  const startUs = clock.nowUs();
  await publish(Number(messages));
  const { user, system } = process.cpuUsage(before);
  const wallSeconds = (clock.nowUs() - startUs) / 1e6;
  process.send?.({ cpuSeconds: (user + system) / 1e6, wallSeconds, events: Number(messages) } satisfies Figure);
  process.disconnect?.();
}

/** Our sink, driven as the engine drives it: every device that has room sends one event in each batch. */
async function iotload(): Promise<void> {
  const { openOwnSink } = await import('./rivals/own-sink.ts');
  const { optionsSchema } = await import('../src/targets/mqtt/options.ts');
  const clock = systemClock();
  const fleet: TargetFleet = {
    index: 0,
    name: 'f',
    devices: DEVICES,
    address: 'iot/devices/<device>/telemetry',
    deviceId: (seat) => `d-${`${seat}`.padStart(8, '0')}`,
  };
  const options = optionsSchema.parse({
    endpoint: `mqtt://127.0.0.1:${port}`,
    qos: Number(qos),
    connections: 'per_device',
    connect: { rate: '5k/s' },
    max_in_flight: IN_FLIGHT,
  });
  const { sink, drained, settled } = await openOwnSink(options, fleet);
  const batch = createEventBatch(256, 256 * 1024);
  const bytes = Buffer.from(batch.bytes.buffer);
  const addresses = Array.from({ length: DEVICES }, (_, seat) =>
    Buffer.from(`iot/devices/${fleet.deviceId(seat)}/telemetry`),
  );
  const payload = Buffer.from(PAYLOAD);
  const { room } = sink;
  const append = (slot: number, seat: number): void => {
    const i = batch.count++;
    batch.slots[i] = slot;
    batch.seats[i] = seat;
    batch.starts[i] = batch.end;
    batch.end += (addresses[seat] as Buffer).copy(bytes, batch.end);
    batch.identities[i] = batch.payloads[i] = batch.end;
    batch.end += payload.copy(bytes, batch.end);
    batch.ends[i] = batch.end;
  };
  const flush = (): void => {
    sink.send(batch, clock.nowUs());
    batch.count = 0;
    batch.end = 0;
  };
  let slot = 0;
  await measured(async (count) => {
    let sent = 0;
    while (sent < count) {
      const before = sent;
      for (let seat = 0; seat < DEVICES && sent < count; seat++) {
        // A device without acknowledgements still sends one message at a time.
        if ((room[seat] as number) <= 0) continue;
        room[seat] = (room[seat] as number) - 1;
        append(slot++, seat);
        sent++;
        if (batch.count === batch.capacity) flush();
      }
      if (batch.count > 0) flush();
      if (sent > before) await new Promise((resolve) => setImmediate(resolve));
      else await drained();
    }
    await settled(count);
  });
  await sink.close();
}

/** MQTT.js as its users use it, a client per device. */
async function mqttJs(): Promise<void> {
  const { connectAsync } = await import('mqtt');
  const level = Number(qos) as 0 | 1;
  const clients: MqttClient[] = [];
  for (let from = 0; from < DEVICES; from += 100) {
    const some = Array.from({ length: 100 }, (_, i) =>
      connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, clientId: `d-${`${from + i}`.padStart(8, '0')}` }),
    );
    clients.push(...(await Promise.all(some)));
  }
  const payload = Buffer.from(PAYLOAD);
  const open = new Int32Array(DEVICES);
  await measured(async (count) => {
    let sent = 0;
    let done = 0;
    let failure: unknown;
    // As ours: every device that may sends one message, then the sockets get their turn.
    while (done < count && failure === undefined) {
      for (let device = 0; device < DEVICES && sent < count; device++) {
        if ((open[device] as number) >= IN_FLIGHT) continue;
        open[device] = (open[device] as number) + 1;
        sent++;
        const topic = `iot/devices/d-${`${device}`.padStart(8, '0')}/telemetry`;
        (clients[device] as MqttClient).publish(topic, payload, { qos: level }, (error) => {
          failure ??= error ?? undefined;
          open[device] = (open[device] as number) - 1;
          done++;
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (failure !== undefined) throw failure;
  });
  await Promise.all(clients.map((client) => client.endAsync(true)));
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 400_000);
  const broker = await startNullBroker();
  const own = (name: string, level: number, share: number) => async (): Promise<Figure> => {
    const child = startRole(import.meta.url, [name, `${broker.port}`, `${level}`, `${count * share}`]);
    const [figure] = (await once(child, 'message')) as [Figure];
    await once(child, 'exit');
    return figure;
  };
  const emqttBench = (level: number) => async (): Promise<Figure | null> => {
    await broker.taken();
    const where = ['-h', '127.0.0.1', '-p', `${broker.port}`, '-t', 'iot/devices/%i/telemetry'];
    const how = [
      '-c',
      `${DEVICES}`,
      '-R',
      '1000',
      '-I',
      '10',
      '-F',
      `${IN_FLIGHT}`,
      '-s',
      '200',
      '-q',
      `${level}`,
      '-L',
      `${count}`,
    ];
    const figure = await timedCommand(process.env['EMQTT_BENCH'] ?? 'emqtt_bench', ['pub', ...where, ...how]);
    return figure === null ? null : { ...figure, events: await broker.taken() };
  };
  const bare = await compileC('bare-writes');
  const bareWrites = async (): Promise<Figure | null> => {
    if (bare === null) return null;
    await broker.taken();
    const sizes = [DEVICES, WARM_UP, count, 'iot/devices/d-%08d/telemetry', PAYLOAD.length].map(String);
    const { stdout } = await promisify(execFile)(bare.program, [`${broker.port}`, ...sizes]);
    const [cpuSeconds, wallSeconds] = stdout.split(' ').map(Number) as [number, number];
    return { cpuSeconds, wallSeconds, events: count };
  };
  for (const level of [0, 1]) {
    await compareRivals(`${DEVICES} connections, QoS ${level}`, rounds, {
      iotload: own('iotload', level, 1),
      'MQTT.js publish': own('mqtt.js', level, 0.5),
      'emqtt-bench': emqttBench(level),
      ...(level === 0 ? { 'C, write() alone': bareWrites } : {}),
    });
  }
  bare?.remove();
  broker.stop();
}
