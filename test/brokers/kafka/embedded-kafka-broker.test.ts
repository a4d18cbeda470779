import { expect, it, onTestFinished } from 'vitest';
import { brokers } from '../../../src/brokers/registry.ts';
import { batchOf, createTopic, fetchFrom, produce, rawClient } from './raw-client.ts';

it('the broker in its own process does them when it is told to, if it was started for that', async () => {
  const start = brokers['kafka'] as NonNullable<(typeof brokers)['kafka']>;
  for (const [options, stored] of [
    [{ faultSeed: 1 }, 1],
    [{}, 2],
  ] as const) {
    const broker = await start(options);
    onTestFinished(() => broker.stop());
    const client = rawClient(Number(new URL(broker.endpoint).port));
    await createTopic(client, 't', 1);
    const batch = await batchOf([{ key: 'k', value: 'v' }]);
    await produce(client, 't', 0, batch);
    broker.inject({ loss: 1 });
    // What is asked after the faults is answered after them.
    await broker.usage();
    expect((await produce(client, 't', 0, batch)).error).toBe(0);
    expect((await fetchFrom(client, 't', 0, 0)).highWatermark).toBe(stored);
  }
});

it('leaves nothing behind and listens no more when it is killed', async () => {
  const start = brokers['kafka'] as NonNullable<(typeof brokers)['kafka']>;
  const broker = await start();
  const client = rawClient(Number(new URL(broker.endpoint).port));
  await createTopic(client, 't', 1);
  await broker.stop();
  await client.closed;
});
