import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../src/plan/readings.ts';
import { fixture, mistakes, planned } from './request.ts';

interface Parts {
  fleet?: string;
  edge?: string;
  lake?: string;
  bridge?: string;
  more?: string;
}

function text({ fleet = '', edge = '', lake = '', bridge = '', more = '' }: Parts): string {
  return `iotload: 1
fleets:
  boards: { model: phone-motion, devices: 10, every: 1s, payload: seismograph-traced, to: [edge], ${fleet} }
  others: { model: phone-motion, devices: 10, every: 1s, payload: seismograph-traced, to: [lake] }
targets:
  edge: { protocol: mqtt, endpoint: embedded, ${edge} }
  lake: { protocol: kafka, endpoint: embedded, ${lake} }
bridge: { from: edge, to: lake, ${bridge} }
${more}`;
}

/** Three fleets on one MQTT broker, two topics of Kafka behind. */
function boards(to: string): string {
  const fleet = 'model: phone-motion, devices: 10, every: 1s, payload: seismograph-traced, to: [edge]';
  return `iotload: 1
fleets:
  pirs: { ${fleet}, topic: pir/<device> }
  temps: { ${fleet}, topic: dht/<device>/temp }
  hums: { ${fleet}, topic: dht/<device>/hum }
targets:
  edge: { protocol: mqtt, endpoint: embedded }
  motion: { protocol: kafka, endpoint: embedded, topic: pir_test, create: {} }
  readings: { protocol: kafka, endpoint: embedded, topic: dht, create: {} }
bridge: { from: edge, to: ${to} }
verify: { read: [motion, readings], taps: [edge] }
`;
}

async function bridgeOf(parts: Parts) {
  const { bridges } = (await planned({ text: text(parts) })).plan;
  expect(bridges).toHaveLength(1);
  return bridges?.[0];
}

const wrong = (parts: Parts): Promise<string[]> => mistakes({ text: text(parts) });

describe('a bridge', () => {
  it('takes what the fleets publish at its one end into the topic of its other', async () => {
    expect(
      await bridgeOf({ fleet: 'topic: "boards/<device>/x<sequence>"', lake: 'topic: readings, create: {}' }),
    ).toEqual({
      from: 0,
      to: 1,
      routes: [{ filter: 'boards/+/+', topic: 'readings' }],
      wrap: 'none',
      key: 'topic',
      faults: {},
    });
    expect(await bridgeOf({ fleet: 'id: "site/<index>"', edge: 'topic: "at/<device>"' })).toMatchObject({
      routes: [{ filter: 'at/#' }],
    });
  });

  it('does what is asked for', async () => {
    const { plan } = await planned({ ...fixture('bridge-embedded.yaml') });
    expect(plan.bridges).toEqual([
      {
        from: 0,
        to: 1,
        routes: [
          { filter: 'a/+', topic: 'readings-<run>' },
          { filter: 'b/#', topic: 'readings-<run>' },
        ],
        wrap: 'rule',
        key: { level: 2 },
        faults: {
          drop: { share: 1e-4 },
          double: { share: 1e-4 },
          delayMs: 20,
          stall: { everyMs: 10_000, forMs: 1000 },
        },
      },
    ]);
  });

  it('brings each target what is asked for it', async () => {
    const { plan } = await planned({ text: boards('{ motion: "pir/+", readings: ["dht/+/temp", "dht/+/hum"] }') });
    expect(plan.bridges?.map(({ to, routes }) => [to, routes])).toEqual([
      [1, [{ filter: 'pir/+', topic: 'pir_test' }]],
      [
        2,
        [
          { filter: 'dht/+/temp', topic: 'dht' },
          { filter: 'dht/+/hum', topic: 'dht' },
        ],
      ],
    ]);
    // Behind each only the fleets that go there are expected.
    const readings = readingsOf(plan).map(({ name, fleets }) => [name, fleets]);
    expect(readings).toEqual([
      ['motion', [0]],
      ['readings', [1, 2]],
      ['edge', [0, 1, 2]],
    ]);
  });

  it('is no part of the plan of whoever asks for none', async () => {
    expect((await planned({ ...fixture('several-targets.yaml') })).plan).not.toHaveProperty('bridges');
  });

  it('can be taken away by an environment', async () => {
    const more = 'environments: { staging: { bridge: null } }';
    const { plan } = await planned({ text: text({ more }), environment: 'staging' });
    expect(plan).not.toHaveProperty('bridges');
  });
});

describe('a bridge is refused', () => {
  it.each([
    ['WebSocket', 'endpoint: "ws://127.0.0.1:80/mqtt"'],
    ['TLS', 'endpoint: "mqtts://127.0.0.1"'],
    ['a login', 'endpoint: "mqtt://127.0.0.1", auth: { username: ann, password: "${P}" }'],
  ])('where its source asks for %s', async (_, edge) => {
    const file = text({}).replace('mqtt, endpoint: embedded', `mqtt, ${edge}`);
    expect(await mistakes({ text: file, env: { P: 'x' } })).toContain(
      'the example bridge speaks neither TLS nor logs in, as "edge" asks for',
    );
  });

  it('where Kafka asks for TLS', async () => {
    const file = text({}).replace('kafka, endpoint: embedded', 'kafka, endpoint: "127.0.0.1:9092", tls: true');
    expect(await mistakes({ text: file })).toEqual([
      'the example bridge speaks neither TLS nor logs in, as "lake" asks for',
    ]);
  });

  it('where no fleet publishes and no topics are named', async () => {
    const file = text({}).replace('to: [edge]', 'to: [lake]');
    expect(await mistakes({ text: file })).toEqual(['no fleet sends to "edge"']);
  });

  it('where it wraps what is read as if it were bare, or the other way round', async () => {
    const hop = 'verify: { read: lake, hop: { payload_at: /payload, survives: fields } }';
    const bare = text({ more: hop }).replace(/\n {2}others.*/, '');
    expect(await mistakes({ text: bare })).toEqual(['the bridge wraps nothing']);
    expect(await mistakes({ text: bare.replace('to: lake,', 'to: lake, wrap: rule') })).toEqual([]);
    const elsewhere = bare.replace('/payload,', '/data,').replace('to: lake,', 'to: lake, wrap: rule');
    expect(await mistakes({ text: elsewhere })).toEqual(['"lake" is read back, and the bridge wraps each payload']);
  });

  it('where it writes what is read back to another topic than is read', async () => {
    const bridge = 'topics: { "a/#": readings, "b/#": others }';
    const parts = {
      bridge,
      fleet: 'topic: a/<device>',
      lake: 'topic: readings, create: {}',
      more: 'verify: { read: edge, taps: [lake] }',
    };
    const file = text(parts).replace(/\n {2}others:.*/, '');
    expect(await mistakes({ text: file })).toEqual(['"lake" is read back, but from its own topic only']);
    expect(await mistakes({ text: file.replace(', taps: [lake]', '') })).toEqual([]);
  });

  it('where it would put bytes into a string', async () => {
    const payload = 'payload: { codec: cbor, fields: { id: <device>, at: <time.ms> }, identity: fields }';
    const file = text({ bridge: 'wrap: rule', more: 'verify: false' }).replace('payload: seismograph-traced', payload);
    expect(await mistakes({ text: file })).toEqual([
      'the payloads of boards are bytes (cbor), which a string of JSON cannot hold',
    ]);
  });

  it('where what is read would get a part of a fleet, or nothing of any', async () => {
    expect(await mistakes({ text: boards('{ motion: pir/pirs-1, readings: "dht/#" }') })).toEqual([
      '"motion" is read back, and only some of what pirs publishes goes there',
    ]);
    expect(await mistakes({ text: boards('{ motion: sonar, readings: "dht/#" }') })).toEqual([
      '"motion" is read back, and nothing that a fleet publishes goes there',
    ]);
  });

  it('where one of several targets is none, or a filter', async () => {
    expect(await mistakes({ text: boards('{ motions: "pir/+", edge: "dht/#", readings: ["a/#/b"] }') })).toEqual([
      'there is no target "motions"',
      '"edge" is mqtt: a bridge goes from mqtt to kafka',
      '"#" is the last level of a topic filter',
    ]);
    expect(await mistakes({ text: boards('{ motion: "pir/+", readings: ["dht/#", "dht/+/hum"] }') })).toEqual([
      '"dht/#" and "dht/+/hum" match the same topics',
    ]);
    expect(await mistakes({ text: boards('{ motion: "pir/+", readings: "dht/#" }, topics: { a: b }') })).toEqual([
      '"topics" has no meaning where to names several targets',
    ]);
    expect(await mistakes({ text: boards('{}') })).toEqual(['a bridge needs a target to write to']);
  });

  it('where it has an empty map of topics', async () => {
    expect(await wrong({ bridge: 'topics: {}' })).toEqual(['a bridge needs at least one topic']);
  });
});
