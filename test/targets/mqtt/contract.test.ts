import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { SinkContext, SourceContext, TargetOptions } from '../../../src/targets/target.ts';
import { sinkContract } from '../../contracts/sink.ts';
import { sourceContract } from '../../contracts/source.ts';
import { deadPort, startAedes } from './aedes-broker.ts';
import { mqttOptions } from './mqtt-options.ts';

const variants: [string, TargetOptions][] = [
  ['QoS 1, pooled', { qos: 1, connections: 2 }],
  ['QoS 0, pooled', { qos: 0, connections: 2 }],
  ['QoS 1, one connection per device', { qos: 1, connections: 'per_device', maxInFlight: 5 }],
  ['QoS 0, one connection per device', { qos: 0, connections: 'per_device' }],
  ['QoS 2, pooled', { qos: 2, connections: 2 }],
  ['QoS 2, one connection per device', { qos: 2, connections: 'per_device', maxInFlight: 5 }],
  ['QoS 1, one in flight', { qos: 1, connections: 1, maxInFlight: 1 }],
];

for (const [name, overrides] of variants) {
  const start = async () => {
    const broker = await startAedes();
    const dead = `mqtt://127.0.0.1:${await deadPort()}`;
    const live = mqttOptions(broker.endpoint, overrides);
    return {
      open: (context: SinkContext) => openSink(live, context),
      openDead: (context: SinkContext) => openSink(mqttOptions(dead, overrides), context),
      openSink: (context: SinkContext) => openSink(live, context),
      openSource: (context: SourceContext) => openSource(live, context),
      deadCode: 'target-unreachable' as const,
      stop: () => broker.stop(),
      dead,
    };
  };
  const address = 'test/<device>/reading';
  sinkContract(`mqtt, ${name}`, { outcome: overrides['qos'] === 0 ? Outcome.noAck : Outcome.acked, address, start });
  sourceContract(`mqtt, ${name}`, {
    address,
    complete: false,
    start: async () => {
      const fixture = await start();
      return { ...fixture, openDead: (context) => openSource(mqttOptions(fixture.dead, overrides), context) };
    },
  });
}
