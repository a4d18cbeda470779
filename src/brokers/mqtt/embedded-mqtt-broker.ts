import type { BrokerOptions, EmbeddedBroker } from '../embedded-broker.ts';
import { startBrokerProcess } from '../start-broker-process.ts';

/**
 * Starts an MQTT 3.1.1 broker on a port of 127.0.0.1, a free one unless the options say, in a process of its own. Nothing is stored; anyone may connect.
 * @throws IotloadError `target-unreachable` when the process does not come up, `bad-arguments` when the port is taken
 */
export function startMqttBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  return startBrokerProcess({ callerUrl: import.meta.url, name: 'MQTT', scheme: 'mqtt' }, options);
}
