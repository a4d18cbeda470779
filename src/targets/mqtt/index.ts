import type { Effort } from '../sizing.ts';
import type { TargetDefinition, TargetOptions, TargetTraits } from '../target.ts';
import { parseEndpoint } from './endpoint.ts';
import type { MqttOptions } from './options.ts';

/** MQTT 3.1.1 and 5 over TCP, TLS or WebSocket. */
export const mqtt: TargetDefinition = {
  name: 'mqtt',
  doc: 'MQTT 3.1.1 or 5 broker, QoS 0, 1 or 2, a pool of connections or one per device',
  traits(options: TargetOptions): TargetTraits {
    const { endpoint, qos, share, version } = options as unknown as MqttOptions;
    return {
      acknowledges: qos > 0,
      address: 'topic',
      headers: version === 5,
      // Members of a group overtake each other.
      ordered: share === null || share === 1,
      hosts: endpoint === 'embedded' ? [] : [hostOf(endpoint)],
      readable: true,
      connected: true,
      secure: endpoint !== 'embedded' && parseEndpoint(endpoint).tls,
      unpaced: false,
    };
  },
  sizing: () => import('./sizing.ts'),
  effort: (options) => effortOf(options as unknown as MqttOptions),
  options: () => import('./options.ts'),
  preflight: () => import('./preflight.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};

function hostOf(endpoint: string): string {
  const { host, port } = parseEndpoint(endpoint);
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A device with a connection of its own sends one message at a time: two thirds of its cost are the kernel's write and read. */
function effortOf({ connections, qos, endpoint }: MqttOptions): Effort {
  const pooled = [160, 270, 500];
  const single = [12_500, 17_700, 30_000];
  const sealed = endpoint !== 'embedded' && parseEndpoint(endpoint).tls ? 1.5 : 1;
  return { sendNs: ((connections === 'per_device' ? single : pooled)[qos] as number) * sealed, readNs: 1100 };
}
