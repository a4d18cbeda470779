import { expect, it, onTestFinished } from 'vitest';
import { faultPlanOf } from '../../../src/brokers/kafka/fault-knobs.ts';
import { brokers } from '../../../src/brokers/registry.ts';
import { endlessStall } from '../../../src/brokers/stalls.ts';
import { batchOf, createTopic, fetchFrom, produce, rawClient } from './raw-client.ts';

it('the faults of a timeline are those of the log', () => {
  expect(faultPlanOf({}, 7)).toEqual({ seed: 7 });
  const shares = {
    loss: 0.1,
    duplicates: 0.2,
    reordered: 0.3,
    altered: 0.4,
    lostAcks: 0.5,
    swallowed: 0.6,
    resets: 0.7,
  };
  expect(faultPlanOf({ ...shares, delayUs: 2500, stall: true }, 1)).toEqual({
    seed: 1,
    drop: { share: 0.1 },
    double: { share: 0.2 },
    reorder: { share: 0.3 },
    alter: { share: 0.4 },
    dropAcks: { share: 0.5 },
    swallow: { share: 0.6 },
    reset: { share: 0.7 },
    holdAcks: { ms: 2.5 },
    stall: endlessStall,
  });
});

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
