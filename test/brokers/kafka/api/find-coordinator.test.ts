import { expect, it } from 'vitest';
import { findCoordinatorApi } from '../../../../src/brokers/kafka/api/find-coordinator.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

it.each(versionsOf(findCoordinatorApi))('is this broker, whatever the group (version %i)', async (version) => {
  const reader = await answerOf(findCoordinatorApi, version, body(), brokerState());
  if (version >= 1) expect(reader.int32()).toBe(0);
  expect(reader.int16()).toBe(0);
  if (version >= 1) expect(reader.nullableString()).toBeNull();
  expect([reader.int32(), reader.string(), reader.int32(), reader.remaining]).toEqual([1, 'broker.test', 9092, 0]);
});
