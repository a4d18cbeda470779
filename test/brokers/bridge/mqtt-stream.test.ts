import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { MqttStream } from '../../../src/brokers/bridge/mqtt-stream.ts';
import { until } from '../../until.ts';

/** Frames of MQTT 3.1.1, by hand. */
const connack = Buffer.from([0x20, 2, 0, 0]);
const publish = (id: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([0x32, 5 + text.length, 0, 1, 0x74, id >> 8, id & 0xff]), Buffer.from(text)]);
const puback = (id: number): Buffer => Buffer.from([0x40, 2, id >> 8, id & 0xff]);

let stream: MqttStream;
let broker: Socket;
let published: string[];
let chunks: number;
/** What MQTT.js would see, and what the broker got, chunk by chunk. */
let shown: Buffer[];
let written: Buffer[];

beforeEach(async () => {
  [published, chunks, shown, written] = [[], 0, [], []];
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  [broker] = await accepted;
  broker.on('error', () => {});
  broker.on('data', (chunk: Buffer) => written.push(chunk));
  stream = new MqttStream(
    socket,
    (bytes, start, _body, end) => published.push(Buffer.from(bytes.subarray(start, end)).toString('latin1')),
    () => chunks++,
  );
  stream.on('data', (chunk: Buffer) => shown.push(chunk));
  stream.on('error', () => {});
  onTestFinished(() => {
    stream.destroy();
    broker.destroy();
    server.close();
  });
});

it('keeps messages from MQTT.js and shows it everything else, also where frames are cut', async () => {
  const [one, other] = [publish(1, 'one'), publish(2, 'other')];
  broker.write(Buffer.concat([connack, one, other.subarray(0, 3)]));
  await until(() => published.length === 1);
  broker.write(Buffer.concat([other.subarray(3), puback(9)]));
  await until(() => shown.length === 2);
  expect(published).toEqual([one, other].map((frame) => frame.toString('latin1')));
  expect(shown).toEqual([connack, puback(9)]);
  expect(chunks).toBeGreaterThanOrEqual(2);
});

it('acknowledges those of one turn in one write, and none when it is over', async () => {
  expect([1, 2, 300].map((id) => stream.acknowledge(id))).toEqual([true, true, true]);
  await until(() => written.length > 0);
  expect(written).toEqual([Buffer.concat([puback(1), puback(2), puback(300)])]);
  broker.destroy();
  await until(() => stream.destroyed);
  expect(stream.acknowledge(4)).toBe(false);
});

it('reads nothing while it is paused', async () => {
  stream.pauseReading();
  broker.write(publish(1, 'later'));
  // What MQTT.js writes still goes out, and back comes nothing.
  stream.write(Buffer.from([0xc0, 0]));
  await until(() => written.length === 1);
  expect(published).toEqual([]);
  stream.resumeReading();
  await until(() => published.length === 1);
});

it('ends where what comes is no MQTT', async () => {
  broker.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]));
  await until(() => stream.destroyed);
  expect(published).toEqual([]);
});

it('writes the last acknowledgements before it says goodbye', async () => {
  stream.acknowledge(7);
  stream.end(Buffer.from([0xe0, 0]));
  await until(() => Buffer.concat(written).length === 6);
  expect(Buffer.concat(written)).toContainEqual(0xe0);
  expect(Buffer.concat(written).indexOf(puback(7))).toBeGreaterThanOrEqual(0);
});
