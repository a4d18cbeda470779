import { expect, it } from 'vitest';
import { initProducerIdApi } from '../../../../src/brokers/kafka/api/init-producer-id.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

const broker = brokerState();

async function ask(version: number, transactionalId: string | null) {
  const reader = await answerOf(initProducerIdApi, version, body().string(transactionalId).int32(60_000), broker);
  expect(reader.int32()).toBe(0);
  const identity = { error: reader.int16(), id: reader.int64(), epoch: reader.int16() };
  expect(reader.remaining).toBe(0);
  return identity;
}

it('gives no identity twice', async () => {
  const given = [];
  for (const version of [...versionsOf(initProducerIdApi), 0]) given.push(await ask(version, null));
  expect(given).toEqual([1000n, 1001n, 1002n].map((id) => ({ error: 0, id, epoch: 0 })));
});

it('has none for transactions, and uses none up for them', async () => {
  expect(await ask(1, 'orders')).toEqual({ error: 53, id: -1n, epoch: -1 });
  expect((await ask(1, null)).id).toBe(1003n);
});
