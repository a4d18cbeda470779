import { afterAll, expect, it } from 'vitest';
import { openSource } from '../../src/targets/mqtt/source.ts';
import type { TargetOptions } from '../../src/targets/target.ts';
import { testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttContracts } from '../targets/mqtt/mqtt-contracts.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { type Ejabberd, startEjabberd } from './ejabberd.ts';
import { refusalOf } from './round-trip.ts';

/*
 * A second broker, written independently of Mosquitto in another language: what holds on both is MQTT and no habit of one of them.
 * Its known gaps, as of 23.01, are at the end.
 */

// Awaited by each test instead of before all of them: without ejabberd each of them fails, and none is skipped.
const starting: Promise<Ejabberd> = startEjabberd();
starting.catch(() => {});
afterAll(async () => (await starting).stop());

const address = 'test/<device>/reading';
const login = { username: 'load@localhost', password: 'any' };
const variants: [string, 'endpoint' | 'webSocket', TargetOptions][] = [
  ['3.1.1, QoS 0, pooled', 'endpoint', { qos: 0, connections: 4 }],
  ['3.1.1, QoS 1, pooled', 'endpoint', { connections: 4 }],
  ['3.1.1, QoS 2, pooled', 'endpoint', { qos: 2, connections: 4, maxInFlight: 20 }],
  ['3.1.1, QoS 1, per device', 'endpoint', { connections: 'per_device', maxInFlight: 10 }],
  ['3.1.1, QoS 1, per device, over WebSocket', 'webSocket', { connections: 'per_device', maxInFlight: 10 }],
  ['5, QoS 0, pooled', 'endpoint', { version: 5, qos: 0, connections: 4 }],
  ['5, QoS 1, pooled', 'endpoint', { version: 5, connections: 4 }],
  ['5, QoS 2, pooled', 'endpoint', { version: 5, qos: 2, connections: 4, maxInFlight: 20 }],
];

for (const [name, way, overrides] of variants) {
  mqttContracts(`ejabberd, ${name}`, { ...login, ...overrides }, async () => ({
    endpoint: (await starting)[way],
    stop: () => Promise.resolve(),
  }));
}

it('ejabberd lets nobody in without a user name, even where everybody may come in', async () => {
  const error = await refusalOf(mqttOptions((await starting).endpoint), testFleet(0, 5, address));
  expect(error).toMatchObject({ code: 'target-refused' });
});

it('ejabberd has no $SYS topics, so that what it drops for a slow reader stays unknown', async () => {
  const context = sourceContext(new SourceRecord(), [testFleet(0, 5, address)]);
  const source = await openSource(mqttOptions((await starting).endpoint, login), context);
  expect(await source.readToEnd(2000)).toEqual({ complete: false });
  expect(source.health()).toMatchObject({ gaps: 0, brokerDropped: null });
  await source.close();
});
