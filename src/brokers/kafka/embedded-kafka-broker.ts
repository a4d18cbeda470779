import type { BrokerOptions, EmbeddedBroker } from '../embedded-broker.ts';
import { startBrokerProcess } from '../start-broker-process.ts';

/**
 * Starts a Kafka broker on a port of 127.0.0.1, a free one unless the options say, in a process of its own. Anyone may connect; what it
 * stores is gone when it ends.
 * @throws IotloadError `target-unreachable` when the process does not come up, `bad-arguments` when the port is taken
 */
export function startKafkaBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  return startBrokerProcess({ callerUrl: import.meta.url, name: 'Kafka', scheme: 'kafka' }, options);
}
