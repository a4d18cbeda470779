import type { IPublishPacket, Packet } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { Sink, TargetOptions } from '../../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { until } from '../../until.ts';
import { mqttOptions } from './mqtt-options.ts';
import { type BrokerScript, type PacketBroker, type PacketConnection, startPacketBroker } from './packet-broker.ts';

const fleet = testFleet(0, 4, 'test/<device>');
let broker: PacketBroker;
let sent: SinkRecord;

async function open(script: BrokerScript, overrides: TargetOptions = {}): Promise<Sink> {
  broker = await startPacketBroker(script);
  sent = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { version: 5, connections: 1, ...overrides });
  return openSink(options, sinkContext(sent, [fleet]));
}

afterEach(() => broker.stop());

/** A broker that answers every step of QoS 1 and 2, and `code` to the first. */
function polite(code = 0) {
  return (packet: Packet, { send }: PacketConnection): void => {
    const messageId = packet.messageId as number;
    if (packet.cmd === 'publish' && packet.qos > 0) {
      send({ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId, reasonCode: code });
    } else if (packet.cmd === 'pubrel') {
      send({ cmd: 'pubcomp', messageId, reasonCode: 0 });
    }
  };
}

describe('answers of MQTT 5', () => {
  it.each([
    [1, 0, Outcome.acked, 'puback'],
    [1, 0x10, Outcome.acked, 'puback'],
    [1, 0x97, Outcome.rejected, 'quota exceeded'],
    [1, 0x87, Outcome.rejected, 'not authorized'],
    [1, 0xf0, Outcome.rejected, 'unknown reason code'],
    [2, 0, Outcome.acked, 'pubcomp'],
    [2, 0x10, Outcome.acked, 'pubcomp'],
    [2, 0x97, Outcome.rejected, 'quota exceeded'],
  ] as const)('QoS %i, reason code %i: %i, %s', async (qos, code, outcome, reason) => {
    const sink = await open({ answer: polite(code) }, { qos });
    const room = Array.from(sink.room);
    await sendSlots(sink, sent, fleet, 0, 120);
    await sink.flush(5000);
    expect(Array.from(sink.room)).toEqual(room);
    expect(sent.outcomes.size).toBe(120);
    for (const settled of sent.outcomes.values()) expect(settled).toMatchObject({ outcome, reason });
    await sink.close();
    const warnings = sent.notices.filter((notice) => notice === 'warning: no matching subscribers');
    expect(warnings.length > 0).toBe(code === 0x10);
  });

  it('tells the refused from the accepted within one read', async () => {
    let nth = 0;
    const answer = (packet: Packet, { send }: PacketConnection): void => {
      const messageId = packet.messageId as number;
      if (packet.cmd === 'publish') send({ cmd: 'puback', messageId, reasonCode: nth++ % 3 === 0 ? 0x97 : 0 });
    };
    const sink = await open({ answer });
    await sendSlots(sink, sent, fleet, 0, 300);
    await sink.flush(5000);
    await sink.close();
    expect(sent.count(Outcome.rejected)).toBe(100);
    expect(sent.count(Outcome.acked)).toBe(200);
    expect(sent.repeated).toEqual([]);
  });
});

describe('a welcome of MQTT 5', () => {
  it('bounds what is in flight, which includes what was given up', async () => {
    const sink = await open(
      { welcome: () => ({ properties: { receiveMaximum: 3 } }) },
      { maxInFlight: 10, timeoutUs: 60_000 },
    );
    expect(Array.from(sink.room)).toEqual([3]);
    await sendSlots(sink, sent, fleet, 0, 2);
    await until(() => sent.outcomes.size === 2);
    expect(sent.count(Outcome.unknown)).toBe(2);
    expect(Array.from(sink.room)).toEqual([1]);
    const [connection] = broker.connections;
    for (const packet of connection?.received ?? []) {
      if (packet.cmd === 'publish')
        connection?.send({ cmd: 'puback', messageId: packet.messageId as number, reasonCode: 0 });
    }
    await until(() => sink.room[0] === 3);
    await sink.close();
    expect(sent.outcomes.size).toBe(2);
  });

  it('whose whole window was never answered is of no more use', async () => {
    const sink = await open(
      { welcome: () => ({ properties: { receiveMaximum: 2 } }) },
      { maxInFlight: 10, timeoutUs: 30_000 },
    );
    await sendSlots(sink, sent, fleet, 0, 2);
    await until(() => broker.connections.length === 2);
    await until(() => sink.room[0] === 2);
    await sink.close();
    expect(sent.count(Outcome.unknown)).toBe(2);
  });

  it.each([
    [0x84, 'unsupported protocol version', 'version: 3.1.1'],
    [0x86, 'bad user name or password', 'auth.username'],
    [0x97, 'quota exceeded', 'quota'],
    [0x9f, 'connection rate exceeded', 'connect.rate'],
  ])('that is a refusal is put in words: %i, %s', async (reasonCode, message, hint) => {
    await expect(open({ welcome: () => ({ reasonCode }) })).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

it('says in words why the broker ends a session', async () => {
  const sink = await open({ answer: polite() });
  const [first] = broker.connections;
  first?.send({ cmd: 'disconnect', reasonCode: 0x8e });
  await until(() => broker.connections.length === 2);
  await sink.close();
  expect(sent.notices[0]).toMatch(/^disconnected: .*: disconnected by the broker, session taken over$/);
});

describe('what CONNECT says', () => {
  it('is a clean start, and a will with its placeholders filled in', async () => {
    const will = { topic: 'gone/<fleet>/<device>', payload: '<run> lost <device>', qos: 1, retain: true };
    const sink = await open({ answer: polite() }, { will, connections: 'per_device' });
    const connects = broker.connections.map(({ connect }) => connect);
    expect(connects).toHaveLength(4);
    for (const { clientId, clean, protocolVersion, will: last } of connects) {
      expect({ clean, protocolVersion }).toEqual({ clean: true, protocolVersion: 5 });
      expect(last).toMatchObject({ topic: `gone/fleet0/${clientId}`, qos: 1, retain: true });
      expect(last?.payload.toString()).toBe(`r0000test lost ${clientId}`);
    }
    await sink.close();
  });

  it('asks for a session of its own the first time, and to go on with it afterwards', async () => {
    const sink = await open({ answer: polite() }, { cleanStart: false, sessionExpiryS: 60 });
    broker.connections[0]?.destroy();
    await until(() => broker.connections.length === 2);
    expect(broker.connections.map(({ connect }) => connect.clean)).toEqual([true, false]);
    expect(broker.connections[0]?.connect.properties?.sessionExpiryInterval).toBe(60);
    await until(() => sink.room[0] === 50);
    await sink.close();
    await until(() => broker.connections[1]?.received.some(({ cmd }) => cmd === 'disconnect') === true);
    expect(broker.connections[1]?.received.at(-1)).toMatchObject({ properties: { sessionExpiryInterval: 0 } });
  });

  it('retains what is published, as asked', async () => {
    const sink = await open({ answer: polite() }, { retain: true });
    await sendSlots(sink, sent, fleet, 0, 10);
    await sink.flush(5000);
    await sink.close();
    const published = broker.connections[0]?.received.filter(({ cmd }) => cmd === 'publish') as IPublishPacket[];
    expect(published.map(({ retain }) => retain)).toEqual(Array.from({ length: 10 }, () => true));
  });
});

describe('reading at QoS 2', () => {
  it('delivers a message once, however often it is sent before its release', async () => {
    broker = await startPacketBroker({});
    const arrived = new SourceRecord();
    const options = mqttOptions(broker.endpoint, { version: 5, qos: 2 });
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const { send, received } = broker.connections[0] as PacketConnection;
    const publish = (payload: string, dup: boolean): void =>
      send({ cmd: 'publish', topic: 'test/fleet0-0', payload, qos: 2, messageId: 7, dup, retain: false });
    publish('one', false);
    publish('one', true);
    send({ cmd: 'pubrel', messageId: 7 });
    publish('two', false);
    await arrived.reached(2);
    await until(() => received.filter(({ cmd }) => cmd === 'pubrec').length === 3);
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['one', 'two']);
    expect(received.filter(({ cmd }) => cmd === 'pubcomp')).toHaveLength(1);
    await source.close();
  });
});
