import type { TargetOptions } from '../../../src/targets/target.ts';

/** Options of an MQTT target as a plan would hold them. */
export function mqttOptions(endpoint: string, overrides: TargetOptions = {}): TargetOptions {
  return {
    endpoint,
    topic: 'test/<device>',
    version: 4,
    qos: 1,
    retain: false,
    cleanStart: true,
    sessionExpiryS: null,
    will: null,
    connections: 2,
    username: null,
    password: null,
    devicesFile: null,
    reader: null,
    tls: null,
    alpn: [],
    connectPerSecond: 1000,
    connectTimeoutUs: 3_000_000,
    leastUp: null,
    share: null,
    sourceAddresses: [],
    keepAliveUs: 60_000_000,
    maxInFlight: 50,
    timeoutUs: 10_000_000,
    ...overrides,
  };
}
