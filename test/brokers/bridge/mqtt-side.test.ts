import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { BridgeMessage } from '../../../src/brokers/bridge/forwarder.ts';
import { openMqttSide } from '../../../src/brokers/bridge/mqtt-side.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { deadPort, startAedes, type TestBroker } from '../../targets/mqtt/aedes-broker.ts';
import { until } from '../../until.ts';

const routes = [{ filter: 'boards/+', topic: 'lake' }];

async function broker(): Promise<TestBroker> {
  const started = await startAedes();
  onTestFinished(() => started.stop());
  return started;
}

/** A side that takes everything; settles it at once, or when it is told to. */
async function side(from: string, settles = true) {
  const taken: BridgeMessage[] = [];
  const notices: string[] = [];
  let full = false;
  const opened = await openMqttSide({
    clock: systemClock(),
    plan: { id: `bridge-${process.pid}`, from, routes },
    take: (message) => {
      taken.push(message);
      if (settles) message.settled();
    },
    isFull: () => full,
    notice: (text) => notices.push(text),
  });
  onTestFinished(() => opened.close());
  const fill = (isFull: boolean): void => {
    full = isFull;
  };
  return { opened, taken, notices, fill };
}

async function publisher(endpoint: string) {
  const client = await mqtt.connectAsync(endpoint, { reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  return client;
}

const payloads = (taken: readonly BridgeMessage[]): string[] => taken.map(({ payload }) => payload.toString());

it('hands on what its filters match, with topic and bytes as they came', async () => {
  const { endpoint } = await broker();
  const { taken } = await side(endpoint);
  const client = await publisher(endpoint);
  await client.publishAsync('elsewhere', 'no', { qos: 1 });
  await client.publishAsync('boards/1', Buffer.from([0, 255]), { qos: 1 });
  await client.publishAsync('boards/2', 'two', { qos: 0 });
  await until(() => taken.length === 2);
  expect(taken.map(({ topic, qos, retain, dup }) => [topic, qos, retain, dup])).toEqual([
    ['boards/1', 1, false, false],
    ['boards/2', 0, false, false],
  ]);
  expect(taken[0]?.payload).toEqual(Buffer.from([0, 255]));
});

it('knows a message again that comes a second time after a cut, and says that it was cut off', async () => {
  const { endpoint, cut } = await broker();
  const { opened, taken, notices } = await side(endpoint, false);
  const client = await publisher(endpoint);
  await client.publishAsync('boards/1', 'once', { qos: 1 });
  await until(() => taken.length === 1);
  cut();
  await until(() => opened.redelivered === 1);
  expect(payloads(taken)).toEqual(['once']);
  expect(notices).toEqual([`the bridge has lost ${endpoint}`]);
  taken[0]?.settled();
  const again = await publisher(endpoint);
  await again.publishAsync('boards/1', 'twice', { qos: 1 });
  await until(() => taken.length === 2);
});

it('takes nothing while there is no room', async () => {
  const { endpoint } = await broker();
  const { opened, taken, fill } = await side(endpoint);
  const client = await publisher(endpoint);
  await client.publishAsync('boards/1', 'first', { qos: 1 });
  await until(() => taken.length === 1);
  fill(true);
  await client.publishAsync('boards/1', 'fills', { qos: 1 });
  await until(() => taken.length === 2);
  await client.publishAsync('boards/1', 'waits', { qos: 1 });
  expect(payloads(taken)).toEqual(['first', 'fills']);
  fill(false);
  opened.resume();
  await until(() => taken.length === 3);
});

it('says where nobody listens', async () => {
  const from = `mqtt://127.0.0.1:${await deadPort()}`;
  await expect(side(from)).rejects.toMatchObject({
    code: 'target-unreachable',
    where: 'bridge.from',
    value: from,
    hint: expect.stringContaining('MQTT broker'),
  });
});
