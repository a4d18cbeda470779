import { parseCount, parseRate } from '../core/units.ts';
import { type DraftedScenario, shardsAtLeast, yamlQuantity, yamlText } from './drafted-scenario.ts';

/** What a first scenario may send to. */
export const starterKinds = ['mqtt', 'kafka', 'kinesis', 'file'] as const;
export type StarterKind = (typeof starterKinds)[number];

/** Answers of a new user; all as the scenario file writes them. */
export interface StarterAnswers {
  kind: StarterKind;
  /** Of a broker. */
  endpoint: string;
  devices: string;
  rate: string;
}

export const starterDefaults: Omit<StarterAnswers, 'kind'> = { endpoint: 'embedded', devices: '100', rate: '100/s' };

/** Durations from which the shortest that yields enough events is taken. */
const durations = [
  [20, '20s'],
  [60, '1m'],
  [600, '10m'],
  [3600, '1h'],
] as const;
/** More devices than this share a pool of connections at first. */
const MANY = 1000;
/** Where comments begin. */
const COMMENTS = 30;
/** So many events support a 99th percentile. */
const ENOUGH = 1000;

/** A first scenario, commented so that it teaches; `file` is its name in the commands it shows. */
export function starterScenario(answers: StarterAnswers, file: string): DraftedScenario {
  const { kind, endpoint, devices, rate } = answers;
  const parsed = parseRate(rate);
  const perSecond = 'value' in parsed ? (parsed.value.events / parsed.value.perUs) * 1_000_000 : ENOUGH;
  const [seconds, duration] = durations.find(([length]) => length * perSecond >= ENOUGH) ?? [3600, '1h'];
  const count = parseCount(devices);
  const digits = `${'value' in count ? Math.max(0, count.value - 1) : 0}`.length;
  const what = kind === 'kinesis' ? 'stream' : 'broker';
  const where = kind === 'file' ? 'a file' : endpoint === 'embedded' ? `a ${what} of our own` : `the ${what}`;
  const lines = [
    `# Question: do ${devices} phones at ${rate} reach ${where}, each event once?`.replace(/\s+/g, ' '),
    '#',
    `#   iotload validate ${file}    is it right?`,
    `#   iotload plan ${file}        what will it send?`,
    `#   iotload run ${file}         send it, measure, prove what arrived`,
    '#',
    '# Every quantity has its unit: 250ms 20s 1h30m, 100/s 51M/day, 64kB, 0.1%.',
    '# Counts are bare: 250 200k 1.5M. For an editor that completes and checks,',
    '#   iotload validate --schema > scenario.schema.json',
    '# and this comment: # yaml-language-server: $schema=./scenario.schema.json',
    '',
    'iotload: 1                    # version of this grammar',
    `description: ${yamlText(`${devices} phones send ${rate} to ${where}`)}`,
    'seed: 1                       # equal seeds make equal devices',
    '',
    'run:',
    '  warm_up: 2s                 # sent before the measurement begins',
    commented(`  duration: ${duration}`, 'measured'),
    '  drain: 10s                  # longest wait for outstanding acknowledgements',
    '',
    'fleets:',
    '  phones:                     # your name for them; it stands in the results',
    '    model: phone-motion       # iotload models lists all, and what they report',
    commented(`    devices: ${yamlQuantity(devices)}`, 'more devices share the rate'),
    `    ${`id: phone-<index:${`${digits}`.padStart(2, '0')}>`.padEnd(26)}# <…> is filled in, here for each device`,
    commented(`    rate: ${yamlQuantity(rate)}`, 'of the whole fleet; or of each: every: 10s'),
    '    payload: raw              # one of the model’s; or fields of your own:',
    '    # payload: { fields: { id: <device>, at: <time.iso>, force: <magnitude> } }',
    '',
    ...targetLines[kind](answers, 'value' in count && count.value > MANY),
    '',
    'verify:                       # read all back, account for each event; or: false',
    '  expect: at-least-once       # or exactly-once',
    '  grace: 10s                  # longest wait for the last arrivals',
    '',
    'thresholds:                   # what has to hold; the exit code tells',
    '  - lost == 0',
    '  - missing == 0',
    '  - achieved_rate >= 99%',
    ...(seconds * perSecond >= ENOUGH
      ? ['  - response_time p99 < 1s    # from when it was due to its acknowledgement']
      : []),
    '',
  ];
  return {
    text: lines.join('\n'),
    askedBy: {
      'fleets.phones.devices': '--devices',
      'fleets.phones.id': '--devices',
      'fleets.phones.rate': '--rate',
      thresholds: '--rate',
      'target.endpoint': '--endpoint',
    },
  };
}

const targetLines = {
  mqtt: mqttTarget,
  kafka: kafkaTarget,
  kinesis: kinesisTarget,
  file: fileTarget,
} as const satisfies Record<StarterKind, (answers: StarterAnswers, many: boolean) => string[]>;

function mqttTarget({ endpoint }: StarterAnswers, many: boolean): string[] {
  return [
    'target:',
    '  protocol: mqtt',
    commented(`  endpoint: ${yamlText(endpoint)}`, 'or your own: mqtt://host:1883 mqtts://host:8883'),
    '  topic: phones/<device>/motion',
    '  qos: 1                      # 1: each event is acknowledged; 0: none is',
    many
      ? '  connections: 8              # a pool that the devices share; or: per_device'
      : '  connections: per_device     # or a number: a pool that the devices share',
    '  # auth: { username: me, password: "${MQTT_PASSWORD}" }',
    '  # tls: { ca: ca.pem }       # with mqtts://',
  ];
}

function kafkaTarget({ endpoint }: StarterAnswers): string[] {
  return [
    'target:',
    '  protocol: kafka',
    commented(`  endpoint: ${yamlText(endpoint)}`, 'or your own: host:9092 or "a:9092,b:9092"'),
    '  topic: phones               # all events go there; their device is the key',
    '  create: { partitions: 6 }   # made where it does not exist; it stays',
    '  acks: all                   # 1: the leader has it; 0: not acknowledged',
    '  # auth: { kind: scram-sha-512, username: me, password: "${KAFKA_PASSWORD}" }',
    '  # tls: true                 # or { ca: ca.pem }',
  ];
}

function kinesisTarget({ endpoint, rate }: StarterAnswers): string[] {
  const create = `create: { shards: ${shardsAtLeast(rate)} }`;
  return [
    'target:',
    '  protocol: kinesis',
    commented(`  endpoint: ${yamlText(endpoint)}`, 'or aws, or your own: http://host:4566'),
    ...(endpoint === 'aws' ? [commented('  region: us-east-1', 'where your stream is')] : []),
    '  stream: phones              # all events go there; their device is the key',
    endpoint === 'aws'
      ? commented(`  # ${create}`, 'makes it; it stays, and it costs')
      : commented(`  ${create}`, 'made where it does not exist; it stays'),
    '  # auth: { kind: aws, profile: me }',
  ];
}

function fileTarget(): string[] {
  return [
    'target:',
    '  protocol: file              # one event a line, one file per worker thread',
    '  # path: events.jsonl        # default: in the directory of the results',
  ];
}

/** A line with its comment in the comments' column, or right behind it where it is longer. */
function commented(line: string, comment: string): string {
  return `${line.padEnd(COMMENTS - 1)} # ${comment}`;
}
