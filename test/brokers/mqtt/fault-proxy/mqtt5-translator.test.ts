import { parser as createParser, generate, type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { connectLevel, downgraded, upgraded } from '../../../../src/brokers/mqtt/fault-proxy/mqtt5-translator.ts';

function read(frame: Buffer, protocolVersion: 4 | 5): Packet {
  const packets: Packet[] = [];
  const parser = createParser({ protocolVersion });
  parser.on('packet', (packet: Packet) => void packets.push(packet));
  parser.on('error', (error: Error) => {
    throw error;
  });
  parser.parse(frame);
  expect(packets).toHaveLength(1);
  return packets[0] as Packet;
}

const down = (packet: Packet): Packet => read(downgraded(generate(packet, { protocolVersion: 5 })), 4);
const up = (packet: Packet): Packet => read(upgraded(generate(packet, { protocolVersion: 4 })), 5);

describe('downwards', () => {
  const connect: IConnectPacket = {
    cmd: 'connect',
    clientId: 'client-1',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: true,
    keepalive: 60,
    username: 'u',
    password: Buffer.from('p'),
    properties: { sessionExpiryInterval: 0, receiveMaximum: 10, userProperties: { a: 'b' } },
  };

  it('CONNECT keeps who it is', () => {
    const frame = generate(connect);
    expect([connectLevel(frame), connectLevel(downgraded(frame))]).toEqual([5, 4]);
    expect(down(connect)).toMatchObject({ protocolVersion: 4, clientId: 'client-1', keepalive: 60, username: 'u' });
  });

  it('CONNECT with a last will is refused, rather than passed on wrongly', () => {
    const will = { topic: 't', payload: Buffer.from('w'), qos: 0 as const, retain: false };
    expect(() => down({ ...connect, will })).toThrow('a last will');
  });

  it.each([0, 1, 2] as const)('PUBLISH at QoS %d keeps topic, identifier and payload of whatever length', (qos) => {
    for (const length of [0, 1, 200, 20_000]) {
      const packet = {
        cmd: 'publish' as const,
        topic: 'a/b',
        payload: Buffer.alloc(length, 'x'),
        messageId: 300,
        qos,
        dup: false,
        retain: true,
        properties: { contentType: 'x'.repeat(150), userProperties: { 'iotload-id': 'y' } },
      };
      const told = down(packet);
      expect(told).toMatchObject({ topic: 'a/b', qos, retain: true });
      expect((told as IPublishPacket).payload.toString('latin1')).toBe(packet.payload.toString('latin1'));
      expect(told.messageId).toBe(qos === 0 ? undefined : 300);
    }
  });

  it('SUBSCRIBE keeps its filters and their quality of service', () => {
    const subscriptions = [
      { topic: 'a/+', qos: 1 as const, nl: false, rap: true, rh: 2 },
      { topic: 'b/#', qos: 2 as const, nl: true, rap: false, rh: 1 },
    ];
    expect(down({ cmd: 'subscribe', messageId: 9, subscriptions, properties: {} })).toMatchObject({
      messageId: 9,
      subscriptions: [
        { topic: 'a/+', qos: 1 },
        { topic: 'b/#', qos: 2 },
      ],
    });
  });

  it('answers lose their reason, DISCONNECT too, and PINGREQ stays', () => {
    expect(downgraded(generate({ cmd: 'puback', messageId: 5, reasonCode: 16 }, { protocolVersion: 5 }))).toEqual(
      generate({ cmd: 'puback', messageId: 5 }),
    );
    expect(downgraded(generate({ cmd: 'pubrel', messageId: 5, reasonCode: 0 }, { protocolVersion: 5 }))).toEqual(
      generate({ cmd: 'pubrel', messageId: 5 }),
    );
    expect(downgraded(generate({ cmd: 'disconnect', reasonCode: 4 }, { protocolVersion: 5 }))).toEqual(
      generate({ cmd: 'disconnect' }),
    );
    expect(down({ cmd: 'pingreq' })).toMatchObject({ cmd: 'pingreq' });
  });

  it('refuses properties that are longer than their frame', () => {
    const frame = generate({ cmd: 'publish', topic: 'a', payload: '', qos: 0, dup: false, retain: false });
    expect(() => downgraded(Buffer.concat([Buffer.from([0x30, 4]), frame.subarray(2, 5), Buffer.from([9])]))).toThrow(
      'a bad length of properties',
    );
  });
});

describe('upwards', () => {
  it('CONNACK and SUBACK get no properties, and keep their codes', () => {
    expect(up({ cmd: 'connack', returnCode: 0, sessionPresent: false })).toMatchObject({ reasonCode: 0 });
    expect(up({ cmd: 'suback', messageId: 3, granted: [1, 128] })).toMatchObject({ messageId: 3, granted: [1, 128] });
  });

  it.each([0, 1] as const)('PUBLISH at QoS %d keeps topic, identifier and payload', (qos) => {
    for (const length of [0, 120, 20_000]) {
      const payload = Buffer.alloc(length, 'x');
      const told = up({ cmd: 'publish', topic: 'a', payload, messageId: 4, qos, dup: false, retain: false });
      expect(told).toMatchObject({ topic: 'a', qos });
      expect((told as IPublishPacket).payload.toString('latin1')).toBe(payload.toString('latin1'));
    }
  });

  it('PUBACK and PINGRESP stay as they are', () => {
    expect(up({ cmd: 'puback', messageId: 5 })).toMatchObject({ messageId: 5 });
    expect(up({ cmd: 'pingresp' })).toMatchObject({ cmd: 'pingresp' });
  });
});
