import type { BrokerOptions, EmbeddedBroker } from '../embedded-broker.ts';
import { startBrokerProcess } from '../start-broker-process.ts';

/**
 * Starts a Kinesis endpoint on a port of 127.0.0.1, a free one unless the options say, in a process of its own. Any credentials do; what it
 * stores is gone when it ends.
 * @throws IotloadError `target-unreachable` when the process does not come up, `bad-arguments` when the port is taken
 */
export function startKinesisBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  return startBrokerProcess({ callerUrl: import.meta.url, name: 'Kinesis', scheme: 'http' }, options);
}
