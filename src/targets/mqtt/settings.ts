import { createRequire } from 'node:module';
import type { MqttClient } from 'mqtt';
import type { Part } from '../../core/anchor.ts';
import type { Clock } from '../../core/clock.ts';
import type { TargetFleet } from '../target.ts';
import { dialOf } from './dial.ts';
import { parseEndpoint } from './endpoint.ts';
import type { MqttOptions } from './options.ts';
import type { SessionSettings } from './session.ts';
import { checkTopic } from './topic-check.ts';

/** Bytes that one read of a socket can bring. */
const SINK_READ_BYTES = 64 * 1024;
const SOURCE_READ_BYTES = 256 * 1024;
/** A sink receives nothing but short control packets. */
const SINK_MAX_FRAME = 64 * 1024;
/** Largest message a source takes. */
const SOURCE_MAX_FRAME = 16 * 1024 * 1024;

/**
 * What the sessions of one sink or source share. Loads MQTT.js, and WebSocket where the endpoint asks for it.
 * @throws IotloadError `bad-scenario` for the endpoint or a topic
 */
export async function sessionSettings(
  options: MqttOptions,
  context: { clock: Clock; fleets: readonly TargetFleet[]; random(): number },
  role: 'sink' | 'source',
): Promise<SessionSettings> {
  const endpoint = parseEndpoint(options.endpoint);
  for (const fleet of context.fleets) checkTopic(fleet);
  const readBuffer = new Uint8Array(role === 'sink' ? SINK_READ_BYTES : SOURCE_READ_BYTES);
  const dial = await dialOf(endpoint, { alpn: options.alpn, readBuffer, random: context.random });
  return {
    clock: context.clock,
    Client: mqttClient(),
    endpoint,
    dial,
    keepAliveUs: options.keepAliveUs,
    connectTimeoutUs: options.connectTimeoutUs,
    version: options.version,
    cleanStart: options.cleanStart,
    sessionExpiryS: options.sessionExpiryS,
    maxFrameBytes: role === 'sink' ? SINK_MAX_FRAME : SOURCE_MAX_FRAME,
  };
}

/** The class alone: what else the package has takes a third of its time to load. Loaders of modules disagree about what its default export is. */
function mqttClient(): typeof MqttClient {
  return (createRequire(import.meta.url)('mqtt/lib/client') as { default: typeof MqttClient }).default;
}

/** This part's share of the connect rate, per second. */
export function connectShare(connectPerSecond: number, part: Part): number {
  return connectPerSecond / part.count;
}
