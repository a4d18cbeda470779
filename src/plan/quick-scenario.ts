import { IotloadError } from '../core/errors.ts';
import { type DraftedScenario, shardsAtLeast, yamlQuantity, yamlText } from './drafted-scenario.ts';

/** A run without a file: where to, and what deviates from the defaults, as the scenario file writes it. */
export interface QuickRequest {
  /** `embedded`, an MQTT endpoint, `kafka://host:9092`, `kafka:embedded`, `kinesis://host:4566`, `kinesis:embedded`, `file:PATH` or `discard`. */
  target: string;
  devices?: string;
  rate?: string;
  duration?: string;
  seed?: string;
  model?: string;
  payload?: string;
  topic?: string;
  stream?: string;
  qos?: string;
  connections?: string;
  /** The password is `${MQTT_PASSWORD}` or `${KAFKA_PASSWORD}`. */
  username?: string;
}

const DEFAULT_RATE = '100/s';

/** Flags that mean something to some targets only, and to which. */
const meant = {
  topic: ['mqtt', 'kafka'],
  stream: ['kinesis'],
  qos: ['mqtt'],
  connections: ['mqtt'],
  username: ['mqtt', 'kafka'],
} as const;
const nameOf = { mqtt: 'an MQTT', kafka: 'a Kafka', kinesis: 'a Kinesis' } as const;

/**
 * The scenario that a quick run stands for.
 * @throws IotloadError `bad-arguments` for a target of no known form, or a flag that means nothing to it
 */
export function quickScenario(request: QuickRequest): DraftedScenario {
  const { devices = '100', rate = DEFAULT_RATE, duration = '10s', model = 'phone-motion', payload = 'raw' } = request;
  const { protocol, lines } = targetOf(request);
  refuseSenseless(request, protocol);
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
    ...[`protocol: ${protocol}`, ...lines].map((line) => `  ${line}`),
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
      'target.stream': '--stream',
      'target.qos': '--qos',
      'target.connections': '--connections',
      'target.auth': '--username',
      target: 'TARGET',
    },
  };
}

function targetOf(request: QuickRequest): { protocol: string; lines: string[] } {
  const { target, topic, qos, connections, rate = DEFAULT_RATE } = request;
  if (target === 'discard') return { protocol: 'discard', lines: [] };
  if (target.startsWith('file:') && target.length > 5)
    return { protocol: 'file', lines: [`path: ${yamlText(target.slice(5))}`] };
  if (target === 'embedded' || /^(?:mqtts?|wss?):\/\//.test(target)) {
    const lines = [
      `endpoint: ${yamlText(target)}`,
      ...(topic === undefined ? [] : [`topic: ${yamlText(topic)}`]),
      ...(qos === undefined ? [] : [`qos: ${yamlQuantity(qos)}`]),
      ...(connections === undefined ? [] : [`connections: ${yamlQuantity(connections)}`]),
      ...loginLines(request, 'MQTT_PASSWORD'),
    ];
    return { protocol: 'mqtt', lines };
  }
  if (target === 'kafka:embedded' || target.startsWith('kafka://')) {
    const lines = [
      `endpoint: ${yamlText(target.replace('kafka:embedded', 'embedded'))}`,
      ...(topic === undefined ? [] : [`topic: ${yamlText(topic)}`, 'create: {}']),
      ...loginLines(request, 'KAFKA_PASSWORD'),
    ];
    return { protocol: 'kafka', lines };
  }
  if (target === 'kinesis:embedded' || target.startsWith('kinesis://')) {
    const lines = [
      `endpoint: ${yamlText(target.replace('kinesis:embedded', 'embedded').replace(/^kinesis:/, 'http:'))}`,
      ...(request.stream === undefined ? [] : [`stream: ${yamlText(request.stream)}`]),
      `create: { shards: ${shardsAtLeast(rate)} }`,
    ];
    return { protocol: 'kinesis', lines };
  }
  throw new IotloadError('bad-arguments', 'this is no target', {
    where: 'TARGET',
    value: target.replace(/\/\/.*@/, '//'),
    hint: 'write embedded, mqtt://host:1883, kafka://host:9092, kinesis://host:4566, file:events.jsonl or discard',
  });
}

function loginLines({ username }: QuickRequest, password: string): string[] {
  if (username === undefined) return [];
  return [`auth: { username: ${yamlText(username)}, password: "\${${password}:?export it first}" }`];
}

function refuseSenseless(request: QuickRequest, protocol: string): void {
  for (const [flag, protocols] of Object.entries(meant) as [keyof typeof meant, readonly (keyof typeof nameOf)[]][]) {
    if (request[flag] === undefined || (protocols as readonly string[]).includes(protocol)) continue;
    const names = protocols.map((one) => nameOf[one]).join(' or ');
    throw new IotloadError('bad-arguments', `only ${names} target has it`, {
      where: `--${flag}`,
      hint: `leave it away, or write an endpoint such as ${protocols[0]}://host instead of ${request.target}`,
    });
  }
}
