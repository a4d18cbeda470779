import { afterAll, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import type { SinkContext, SourceContext, TargetOptions } from '../../src/targets/target.ts';
import { sinkContract, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../contracts/source.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';
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
  const start = async () => {
    const broker = await starting;
    const options = mqttOptions(broker[way], { ...login, ...overrides });
    const dead = mqttOptions(`mqtt://127.0.0.1:${await deadPort()}`, { ...login, ...overrides });
    return {
      open: (context: SinkContext) => openSink(options, context),
      openDead: (context: SinkContext) => openSink(dead, context),
      openSink: (context: SinkContext) => openSink(options, context),
      openSource: (context: SourceContext) => openSource(options, context),
      deadCode: 'target-unreachable' as const,
      stop: () => Promise.resolve(),
      dead,
    };
  };
  const outcome = overrides['qos'] === 0 ? Outcome.noAck : Outcome.acked;
  sinkContract(`ejabberd, ${name}`, { outcome, address, start });
  sourceContract(`ejabberd, ${name}`, {
    address,
    complete: false,
    start: async () => {
      const fixture = await start();
      return { ...fixture, openDead: (context) => openSource(fixture.dead, context) };
    },
  });
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
