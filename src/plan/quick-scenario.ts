import { IotloadError } from '../core/errors.ts';
import { type DraftedScenario, yamlQuantity, yamlText } from './drafted-scenario.ts';

/** A run without a file: where to, and what deviates from the defaults, as the scenario file writes it. */
export interface QuickRequest {
  /** `embedded`, an MQTT endpoint, `file:PATH` or `discard`. */
  target: string;
  devices?: string;
  rate?: string;
  duration?: string;
  seed?: string;
  model?: string;
  payload?: string;
  topic?: string;
  qos?: string;
  connections?: string;
  /** The password is `${MQTT_PASSWORD}`. */
  username?: string;
}

const mqttOnly = ['topic', 'qos', 'connections', 'username'] as const;

/**
 * The scenario that a quick run stands for.
 * @throws IotloadError `bad-arguments` for a target of no known form, or a flag that means nothing to it
 */
export function quickScenario(request: QuickRequest): DraftedScenario {
  const { devices = '100', rate = '100/s', duration = '10s', model = 'phone-motion', payload = 'raw' } = request;
  const target = targetLines(request);
  if (target[0] !== 'protocol: mqtt') refuse(request);
  const text = [
    'iotload: 1',
    'name: quick',
    ...(request.seed === undefined ? [] : [`seed: ${yamlQuantity(request.seed)}`]),
    'run:',
    '  warm_up: 1s',
    `  duration: ${yamlQuantity(duration)}`,
    '  drain: 10s',
    'fleets:',
    '  devices:',
    `    model: ${yamlText(model)}`,
    `    devices: ${yamlQuantity(devices)}`,
    `    rate: ${yamlQuantity(rate)}`,
    `    payload: ${yamlText(payload)}`,
    'target:',
    ...target.map((line) => `  ${line}`),
    '',
  ].join('\n');
  return {
    text,
    askedBy: {
      seed: '--seed',
      'run.duration': '--duration',
      'fleets.devices.model': '--model',
      'fleets.devices.devices': '--devices',
      'fleets.devices.rate': '--rate',
      'fleets.devices.payload': '--payload',
      'target.topic': '--topic',
      'target.qos': '--qos',
      'target.connections': '--connections',
      'target.auth': '--username',
      target: 'TARGET',
    },
  };
}

function targetLines({ target, topic, qos, connections, username }: QuickRequest): string[] {
  if (target === 'discard') return ['protocol: discard'];
  if (target.startsWith('file:') && target.length > 5) return ['protocol: file', `path: ${yamlText(target.slice(5))}`];
  if (target === 'embedded' || /^(?:mqtts?|wss?):\/\//.test(target)) {
    return [
      'protocol: mqtt',
      `endpoint: ${yamlText(target)}`,
      ...(topic === undefined ? [] : [`topic: ${yamlText(topic)}`]),
      ...(qos === undefined ? [] : [`qos: ${yamlQuantity(qos)}`]),
      ...(connections === undefined ? [] : [`connections: ${yamlQuantity(connections)}`]),
      ...(username === undefined
        ? []
        : [`auth: { username: ${yamlText(username)}, password: "\${MQTT_PASSWORD:?export it first}" }`]),
    ];
  }
  throw new IotloadError('bad-arguments', 'this is no target', {
    where: 'TARGET',
    value: target.replace(/\/\/.*@/, '//'),
    hint: 'write embedded, mqtt://host:1883, file:events.jsonl or discard',
  });
}

function refuse(request: QuickRequest): void {
  const senseless = mqttOnly.find((flag) => request[flag] !== undefined);
  if (senseless === undefined) return;
  throw new IotloadError('bad-arguments', 'only an MQTT target has it', {
    where: `--${senseless}`,
    hint: `leave it away, or write an endpoint such as mqtt://host:1883 instead of ${request.target}`,
  });
}
