import type { BrokerFaults } from './broker-faults.ts';
import type { BrokerOptions, EmbeddedBroker } from './embedded-broker.ts';

export type { BrokerFaults, BrokerOptions, EmbeddedBroker };

/** Protocols whose targets accept `endpoint: embedded`, and how their broker is started. */
export const brokers: Readonly<Record<string, (options?: BrokerOptions) => Promise<EmbeddedBroker>>> = {
  kafka: async (options) => (await import('./kafka/embedded-kafka-broker.ts')).startKafkaBroker(options),
  kinesis: async (options) => (await import('./kinesis/embedded-kinesis-broker.ts')).startKinesisBroker(options),
  mqtt: async (options) => (await import('./mqtt/embedded-mqtt-broker.ts')).startMqttBroker(options),
};
