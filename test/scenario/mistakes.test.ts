import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';

/** A scenario without a mistake; a case replaces one of its lines. */
const sound = {
  top: 'iotload: 1',
  clock: 'clock: { start: now }',
  run: 'run: { warm_up: 10s, duration: 10m, drain: 10s }',
  fleets: 'fleets:',
  name: '  meters:',
  model: '    model: phone-motion',
  devices: '    devices: 2k',
  id: '    id: meter-<index:06>',
  rate: '    every: 100s',
  profile: '    profile: [{ hold: 100%, for: 1m }]',
  payload: '    payload: { fields: { meter: <device>, at: <time.iso>, x: <x:2> }, identity: fields }',
  topic: '    topic: meters/<device>',
  target: 'target: { protocol: mqtt, endpoint: embedded, qos: 1 }',
  verify: 'verify: { expect: at-least-once, grace: 10s }',
  thresholds: 'thresholds: [missing == 0]',
  safety: 'safety: { allow: ["*.example.com"] }',
  more: '',
};

type Line = keyof typeof sound;

/** What is wrong between « and », what is said about it, and what the reader is told to do. */
const mistakes: readonly [what: string, line: Line, text: string, message: RegExp, hint: RegExp][] = [
  ['another version of the grammar', 'top', 'iotload: «2»', /expected 1/, /; $/],
  ['a misspelt top key', 'run', '«rum»: { duration: 10m }', /unknown key "rum"/, /did you mean "run"\?/],
  ['a bare number for a time', 'run', 'run: { duration: «30» }', /lacks its unit/, /./],
  ['a unit that does not exist', 'run', 'run: { duration: «30sec» }', /is not a time/, /30|10s|a time reads/],
  ['a unit in the wrong case', 'devices', '    devices: «2K»', /did you mean "k"/, /./],
  ['units out of order', 'run', 'run: { duration: «30m1h» }', /large units to small/, /1h30m/],
  ['no time at all', 'run', 'run: { duration: «0s» }', /no time at all/, /at least/],
  ['no instant', 'clock', 'clock: { start: «yesterday» }', /is no instant/, /2024-01-31T00:00:00Z/],
  ['a day that does not exist', 'clock', 'clock: { start: «2024-02-31T00:00:00Z» }', /is no instant/, /now/],
  ['a fleet name with a space', 'name', '  «my meters»:', /cannot be a fleet's name/, /letters/],
  ['an unknown model', 'model', '    model: «phone-motoin»', /there is no model/, /did you mean "phone-motion"\?/],
  ['no devices', 'devices', '    devices: «0»', /out of range/, /from 1/],
  ['a fraction of a device', 'devices', '    devices: «2.5»', /not a whole number/, /./],
  [
    'a placeholder in an id that is no property of a device',
    'id',
    '    id: "meter-«<sequence»>"',
    /not a property of a device/,
    /<index/,
  ],
  ['two devices with one id', 'id', '    id: «meter»', /the same id/, /<index:06>/],
  ['a placeholder that is not closed', 'id', '    id: "meter-«<index»"', /not closed/, /<name>/],
  ['rate and every', 'rate', '    «every»: 10s\n    rate: 10/s', /either rate or every/, /whole fleet/],
  ['neither rate nor every', 'rate', '    key: x', /./, /./],
  ['a rate without its period', 'rate', '    rate: «10»', /lacks its unit/, /590\/s/],
  ['a level without its unit', 'profile', '    profile: [{ hold: «1», for: 1m }]', /lacks its unit/, /./],
  ['an entry of a profile without its length', 'profile', '    profile: [«{ hold: 100% }»]', /hold needs "for"/, /./],
  [
    'an unknown placeholder',
    'payload',
    '    payload: { fields: { meter: <device>, at: «<tiem.iso>» } }',
    /unknown placeholder/,
    /did you mean "<time.iso>"\?/,
  ],
  [
    'a format that a placeholder does not take',
    'payload',
    '    payload: { fields: { meter: «<device:2>» } }',
    /takes no format/,
    /write <device>/,
  ],
  [
    'braces instead of a placeholder',
    'topic',
    '    topic: «{ device: x }»',
    /expected a text, found a map/,
    /<name>, not \{name\}/,
  ],
  [
    'an unknown payload profile',
    'payload',
    '    payload: «siesmograph»',
    /has no payload profile/,
    /did you mean "seismograph"\?/,
  ],
  [
    'an identity that cannot be derived',
    'payload',
    '    payload: { fields: { meter: <device> }, identity: «derived» }',
    /do not both stand in the payload/,
    /<time\.iso>/,
  ],
  [
    'a field where the identity goes',
    'payload',
    '    payload: { fields: { _id: «7», meter: <device> }, identity: fields }',
    /where the identity goes/,
    /another name/,
  ],
  ['a wildcard in a topic', 'topic', '    topic: «meters/+»', /holds a wildcard/, /; $/],
  ['a key for MQTT', 'topic', '    key: «<device>»', /has no meaning for mqtt/, /; $/],
  [
    'an unknown protocol',
    'target',
    'target: { protocol: «mqqt», endpoint: embedded }',
    /there is no protocol/,
    /did you mean "mqtt"\?/,
  ],
  ['no protocol', 'target', '«target»: { endpoint: embedded }', /"protocol" is missing/, /there are/],
  [
    'an endpoint without its scheme',
    'target',
    'target: { protocol: mqtt, endpoint: «"broker:1883"» }',
    /is not an MQTT endpoint/,
    /mqtt:\/\/host:1883/,
  ],
  [
    'credentials in an endpoint',
    'target',
    'target: { protocol: mqtt, endpoint: «"mqtt://me:hunter2@h:1883"» }',
    /do not belong in an endpoint/,
    /\$\{NAME\}/,
  ],
  [
    'a QoS that does not exist',
    'target',
    'target: { protocol: mqtt, endpoint: embedded, qos: «3» }',
    /expected 0/,
    /./,
  ],
  [
    'TLS without a TLS endpoint',
    'target',
    'target: { protocol: mqtt, endpoint: "mqtt://127.0.0.1:1883", tls: «true» }',
    /tls needs/,
    /mqtts:\/\//,
  ],
  [
    'a Kafka endpoint without a port',
    'target',
    'target: { protocol: kafka, endpoint: «kafka.example.com» }',
    /lacks its port/,
    /kafka\.example\.com:9092/,
  ],
  [
    'a topic for each device of Kafka',
    'target',
    'target: { protocol: kafka, endpoint: embedded, topic: «meters-<device>» }',
    /go to one topic/,
    /key: <device>/,
  ],
  [
    'idempotence without acks: all',
    'target',
    'target: { protocol: kafka, endpoint: embedded, acks: 1, idempotent: «true» }',
    /forgets what it has seen/,
    /acks: all/,
  ],
  [
    'more in flight than idempotence allows',
    'target',
    'target: { protocol: kafka, endpoint: embedded, max_in_flight: «6» }',
    /too large/,
    /at most 5/,
  ],
  [
    'a batch beyond what brokers take',
    'target',
    'target: { protocol: kafka, endpoint: embedded, batch: «1.5MiB» }',
    /takes at most 1048588 bytes/,
    /at most 1MiB/,
  ],
  [
    'a login without its password',
    'target',
    'target: { protocol: kafka, endpoint: "h:9093", auth: «{ kind: plain, username: me }» }',
    /needs a password/,
    /\$\{NAME\}/,
  ],
  [
    'an expectation that does not exist',
    'verify',
    'verify: { expect: «at-lest-once» }',
    /is none of/,
    /did you mean "at-least-once"\?/,
  ],
  [
    'more than QoS 0 can promise',
    'target',
    'target: { protocol: mqtt, endpoint: embedded, qos: 0 }',
    /nothing is acknowledged/,
    /at-most-once/,
  ],
  ['an unknown metric', 'thresholds', 'thresholds: [«"latency p99 < 1s"»]', /unknown metric/, /./],
  ['a threshold without its unit', 'thresholds', 'thresholds: [response_time p99 < «1»]', /unit/, /./],
  [
    'a quantile that the run cannot support',
    'thresholds',
    'thresholds: [«response_time p99.99 < 1s»]',
    /cannot support p99.99/,
    /./,
  ],
  [
    'a host that is none',
    'safety',
    'safety: { allow: [«"https://x/"»] }',
    /neither host nor host:port/,
    /broker\.example\.com/,
  ],
  [
    'a variable that is not set',
    'topic',
    '    topic: «"m/${NOT_THERE:?export it first}/<device>"»',
    /NOT_THERE is not set/,
    /export it first/,
  ],
  ['a reference that is none', 'topic', '    topic: «"m/${}"»', /starts no reference/, /\$\{NAME\}/],
  ['a key twice', 'devices', '    devices: 2k\n    «devices»: 3k', /stands here twice/, /; $/],
  ['an alias', 'topic', '    topic: «*x»', /alias/i, /write the value out/],
  ['a tab for indentation', 'devices', '«\t»devices: 2k', /[Tt]ab/, /; $/],
  ['a list for a map', 'fleets', 'fleets: «[]»\nrest:', /expected a map, found a list/, /; $/],
  [
    'an environment that is none',
    'more',
    'environments: { lab: «later» }',
    /an environment is a map/,
    /holds the keys/,
  ],
  ['a mistake in an environment', 'more', 'environments: { lab: { target: { qos: «9» } } }', /expected 0/, /./],
  ['a label that is none', 'more', 'outputs: { labels: { «a-b»: x } }', /cannot be a label's name/, /letters/],
  ['too little memory', 'safety', 'safety: { max_memory: «1MiB» }', /is less than 64MiB/, /at least 64MiB/],
  ['a capacity that is no map', 'more', 'capacity: «200k»', /capacity is a map/, /from: 500\/s/],
  [
    'devices where the rate is varied',
    'more',
    'capacity: { from: «20k» }',
    /a number of devices, where the rate/,
    /5k\/s/,
  ],
  ['a rate where devices are varied', 'more', 'capacity: { vary: devices, to: «9k/s» }', /a rate, where/, /vary: rate/],
  ['a highest load below the lowest', 'more', 'capacity: { from: 2k/s, to: «1k/s» }', /not above "from"/, /"to"/],
  ['a hold that is too short', 'more', 'capacity: { hold: «20ms» }', /less than 1s/, /at least 1s/],
  ['a precision beyond sense', 'more', 'capacity: { precision: «0%» }', /out of range/, /100%/],
];

describe('forty and more mistakes', () => {
  it.each(mistakes)('%s', async (_what, line, text, message, hint) => {
    const marked = Object.entries({ ...sound, [line]: text })
      .map(([, content]) => content)
      .join('\n');
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const scenario = marked.replace('«', '').replace('»', '');
    const outcome = await loadPlan({ text: scenario, file: 'mistake.yaml', env: {}, set: [], allow: [] });
    const found = outcome.ok ? [] : outcome.diagnostics;
    const told = found.find((diagnostic) => message.test(diagnostic.message));
    expect(told, JSON.stringify(found, null, 1)).toBeDefined();
    if (start >= 0) expect(told?.range, told?.message).toEqual({ start, end });
    // What to do may already stand in the message.
    expect(`${told?.message}; ${told?.hint ?? ''}`).toMatch(hint);
  });

  it('begin from a scenario that has none', async () => {
    const text = Object.values(sound).join('\n');
    expect(await loadPlan({ text, file: 'sound.yaml', env: {}, set: [], allow: [] })).toMatchObject({ ok: true });
  });
});
