import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { BridgePlan } from '../../../src/brokers/bridge/bridge-plan.ts';
import { type Bridge, startBridge } from '../../../src/brokers/bridge/start-bridge.ts';
import { brokers, type EmbeddedBroker } from '../../../src/brokers/registry.ts';
import { scratch } from '../../e2e/iotload.ts';
import { deadPort, startAedes } from '../../targets/mqtt/aedes-broker.ts';
import { until } from '../../until.ts';
import { rawClient } from '../kafka/raw-client.ts';
import { readLog, type StoredRecord } from '../kafka/read-log.ts';

async function embedded(protocol: 'mqtt' | 'kafka'): Promise<EmbeddedBroker> {
  const broker = await (brokers[protocol] as NonNullable<(typeof brokers)[string]>)();
  onTestFinished(() => broker.stop());
  return broker;
}

const plan = (from: string, to: string, more: Partial<BridgePlan> = {}): BridgePlan => ({
  id: 'bridge-test',
  from,
  to,
  routes: [{ filter: 'test/#', topic: 'lake' }],
  wrap: 'none',
  key: 'topic',
  faults: {},
  log: null,
  createsTopics: true,
  ...more,
});

async function bridge(of: BridgePlan, notice: (text: string) => void = () => {}): Promise<Bridge> {
  const started = await startBridge(of, notice);
  onTestFinished(async () => void (await started.stop()));
  return started;
}

/** Publishes numbers from `first` on at QoS 1, each on a topic of three; resolves when all are acknowledged. */
async function publish(endpoint: string, first: number, count: number): Promise<void> {
  const client = await mqtt.connectAsync(endpoint, { reconnectPeriod: 0 });
  const acked = Array.from({ length: count }, (_, i) =>
    client.publishAsync(`test/${(first + i) % 3}`, `${first + i}`, { qos: 1 }),
  );
  await Promise.all(acked);
  await client.endAsync();
}

/** All that the topic holds, partition by partition, of which the embedded broker makes 6. */
async function stored(kafka: EmbeddedBroker): Promise<StoredRecord[]> {
  const client = rawClient(Number(new URL(kafka.endpoint).port));
  const partitions = Array.from({ length: 6 }, (_, i) => i);
  const records = await Promise.all(partitions.map((partition) => readLog(client, 'lake', partition)));
  return records.flat();
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
const byNumber = (a: string, b: string): number => Number(a) - Number(b);

it('brings every message to Kafka once, in the order of its key, in a process of its own', async () => {
  const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
  const running = await bridge(plan(from.endpoint, to.endpoint));
  await publish(from.endpoint, 0, 3000);
  const counts = await running.stop();
  expect(counts).toEqual({ came: 3000, produced: 3000, dropped: 0, doubled: 0, redelivered: 0, open: 0 });
  expect(await running.ended).toBeNull();
  expect(await running.counts()).toBeNull();
  const records = await stored(to);
  expect(records.map(({ value }) => value).sort(byNumber)).toEqual(numbers(3000));
  for (const key of ['test/0', 'test/1', 'test/2']) {
    const values = records.filter((record) => record.key === key).map(({ value }) => value);
    expect(values).toEqual([...values].sort(byNumber));
    expect(values).toHaveLength(1000);
  }
});

it('drops and doubles what its log says, and nothing else', async () => {
  const space = scratch();
  onTestFinished(() => space.remove());
  const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
  const log = space.path('bridge.ndjson');
  const faults = { seed: 3, drop: { share: 0.01 }, double: { share: 0.01 } };
  const running = await bridge(plan(from.endpoint, to.endpoint, { faults, log }));
  await publish(from.endpoint, 0, 2000);
  const counts = await running.stop();
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const said = lines.map((line) => JSON.parse(line) as { kind: string; payload: string });
  expect(said.at(-1)).toEqual({ kind: 'end', ...counts });
  const of = (kind: string): string[] => said.filter((one) => one.kind === kind).map(({ payload }) => payload);
  const [dropped, doubled] = [of('drop'), of('double')];
  expect(dropped.length).toBeGreaterThan(0);
  expect(doubled.length).toBeGreaterThan(0);
  const expected = numbers(2000).filter((value) => !dropped.includes(value));
  const values = (await stored(to)).map(({ value }) => value);
  expect(values.sort(byNumber)).toEqual([...expected, ...doubled].sort(byNumber));
});

it('neither loses nor doubles anything over a connection that is cut', async () => {
  const to = await embedded('kafka');
  const from = await startAedes();
  onTestFinished(() => from.stop());
  const notices: string[] = [];
  const stall = { everyMs: 1e9, forMs: 9e8, firstAfterMs: 0 };
  const running = await bridge(plan(from.endpoint, to.endpoint, { faults: { stall } }), (text) => notices.push(text));
  const came = async (count: number): Promise<void> => {
    while (((await running.counts())?.came ?? 0) < count);
  };
  await publish(from.endpoint, 0, 300);
  await came(300);
  // The bridge has all of them and acknowledged none, so that the broker sends them again.
  from.cut();
  await until(() => notices.length > 0);
  await publish(from.endpoint, 300, 300);
  await came(600);
  const counts = await running.stop();
  expect(counts).toEqual({ came: 600, produced: 600, dropped: 0, doubled: 0, redelivered: 300, open: 0 });
  expect(notices).toEqual([`the bridge has lost ${from.endpoint}`]);
  expect((await stored(to)).map(({ value }) => value).sort(byNumber)).toEqual(numbers(600));
});

it('says why it does not start', async () => {
  const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
  const dead = await deadPort();
  const refused = (of: BridgePlan) => expect(startBridge(of, () => {})).rejects;
  await refused(plan(from.endpoint, to.endpoint, { createsTopics: false })).toMatchObject({
    code: 'target-refused',
    message: expect.stringContaining('has no topic "lake"'),
  });
  await refused(plan(`mqtt://127.0.0.1:${dead}`, to.endpoint)).toMatchObject({
    code: 'target-unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
    where: 'bridge.from',
  });
  await refused(plan(from.endpoint, `127.0.0.1:${dead}`)).toMatchObject({
    code: 'target-unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
    where: 'bridge.to',
  });
  await refused(plan(from.endpoint, to.endpoint, { log: '/proc/nowhere/log' })).toMatchObject({
    code: 'file-unwritable',
  });
});

it('ends in good order where Kafka is gone, and says what is open', async () => {
  const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
  const running = await bridge(plan(from.endpoint, to.endpoint));
  await to.stop();
  await publish(from.endpoint, 0, 3);
  while ((await running.counts())?.came !== 3);
  expect(await running.stop()).toMatchObject({ came: 3, produced: 0, open: 3 });
  expect(await running.ended).toBeNull();
});
