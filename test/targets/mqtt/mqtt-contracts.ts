import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { TargetOptions } from '../../../src/targets/target.ts';
import { targetContracts } from '../../contracts/target.ts';
import { deadPort } from './aedes-broker.ts';
import { mqttOptions } from './mqtt-options.ts';

/** A broker for one case. */
export interface BrokerSubject {
  endpoint: string;
  /** Options that are known only once it has started. */
  more?: TargetOptions;
  stop(): Promise<void>;
}

/** Both contracts for MQTT with these options; `start` is called before each case. What leads nowhere is a port where nobody listens. */
export function mqttContracts(name: string, overrides: TargetOptions, start: () => Promise<BrokerSubject>): void {
  targetContracts(name, {
    outcome: overrides['qos'] === 0 ? Outcome.noAck : Outcome.acked,
    address: 'test/<device>/reading',
    complete: false,
    openSink,
    openSource,
    async start() {
      const { endpoint, more, stop } = await start();
      const deadEndpoint = endpoint.replace(/:\d+/, `:${await deadPort()}`);
      return {
        live: mqttOptions(endpoint, { ...overrides, ...more }),
        dead: mqttOptions(deadEndpoint, { ...overrides, ...more }),
        stop,
      };
    },
  });
}
