import type { EmbeddedBroker } from './embedded-broker.ts';

export type { EmbeddedBroker };

/** Protocols whose targets accept `endpoint: embedded`, and how their broker is started. */
export const brokers: Readonly<Record<string, () => Promise<EmbeddedBroker>>> = {
  mqtt: async () => (await import('./mqtt/embedded-mqtt-broker.ts')).startMqttBroker(),
};
