import type { TargetOptions } from '../../../src/targets/target.ts';
import { startAedes } from './aedes-broker.ts';
import { mqttContracts } from './mqtt-contracts.ts';

const variants: [string, TargetOptions][] = [
  ['QoS 1, pooled', { qos: 1, connections: 2 }],
  ['QoS 0, pooled', { qos: 0, connections: 2 }],
  ['QoS 1, one connection per device', { qos: 1, connections: 'per_device', maxInFlight: 5 }],
  ['QoS 0, one connection per device', { qos: 0, connections: 'per_device' }],
  ['QoS 2, pooled', { qos: 2, connections: 2 }],
  ['QoS 2, one connection per device', { qos: 2, connections: 'per_device', maxInFlight: 5 }],
  ['QoS 1, one in flight', { qos: 1, connections: 1, maxInFlight: 1 }],
];

for (const [name, overrides] of variants) mqttContracts(`mqtt, ${name}`, overrides, () => startAedes());
