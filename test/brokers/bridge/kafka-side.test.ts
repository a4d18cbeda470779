import { expect, it, onTestFinished } from 'vitest';
import { openKafkaSide } from '../../../src/brokers/bridge/kafka-side.ts';
import { deadPort } from '../../targets/mqtt/aedes-broker.ts';
import { rawClient, server } from '../kafka/raw-client.ts';
import { readLog } from '../kafka/read-log.ts';

const routes = [
  { filter: 'a/#', topic: 'one' },
  { filter: 'b/#', topic: 'other' },
];

it('makes the topics that are missing, and stores records under key, in order, topic by topic', async () => {
  const { port } = await server();
  const to = `kafka://127.0.0.1:${port}`;
  const side = await openKafkaSide({ id: 'bridge', to, routes, createsTopics: true });
  onTestFinished(() => side.close());
  const record = (topic: string, value: string) => ({ topic, key: 'k', value, timestampMs: 1_700_000_000_000 });
  await side.send([record('one', '1'), record('other', 'x'), record('one', '2')]);
  await side.send([record('one', '3')]);
  const client = rawClient(port);
  const stored = async (topic: string): Promise<string[]> => {
    const partitions = await Promise.all(
      Array.from({ length: 6 }, (_, partition) => readLog(client, topic, partition)),
    );
    return partitions.flat().map(({ key, value }) => `${key}=${value}`);
  };
  expect(await stored('one')).toEqual(['k=1', 'k=2', 'k=3']);
  expect(await stored('other')).toEqual(['k=x']);
});

it('names the topics that are missing and not to be made', async () => {
  const { port } = await server();
  const to = `127.0.0.1:${port}`;
  await expect(openKafkaSide({ id: 'bridge', to, routes, createsTopics: false })).rejects.toMatchObject({
    code: 'target-refused',
    message: `Kafka at ${to} has no topic "one", "other"`,
    where: 'bridge.topics',
  });
});

it('says where nobody listens', async () => {
  const to = `127.0.0.1:${await deadPort()}`;
  await expect(openKafkaSide({ id: 'bridge', to, routes, createsTopics: true })).rejects.toMatchObject({
    code: 'target-unreachable',
    where: 'bridge.to',
    value: to,
  });
});
