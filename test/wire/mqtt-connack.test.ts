import fc from 'fast-check';
import { generate, type IConnackPacket } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { plainConnack, readConnack } from '../../src/wire/mqtt-connack.ts';

function read(frame: Uint8Array, version: 4 | 5): ReturnType<typeof readConnack> {
  return readConnack(frame, (frame[1] as number) < 128 ? 2 : 3, frame.length, version);
}

it('reads what mqtt-packet generates for MQTT 5', () => {
  const properties = fc.record(
    {
      sessionExpiryInterval: fc.nat(4_294_967_295),
      receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
      maximumQoS: fc.constantFrom(0, 1),
      retainAvailable: fc.boolean(),
      maximumPacketSize: fc.integer({ min: 1, max: 4_294_967_295 }),
      assignedClientIdentifier: fc.string({ minLength: 1, maxLength: 30 }),
      topicAliasMaximum: fc.nat(65_535),
      reasonString: fc.string({ maxLength: 80 }),
      userProperties: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1, noNullPrototype: true }),
      wildcardSubscriptionAvailable: fc.boolean(),
      serverKeepAlive: fc.nat(65_535),
      responseInformation: fc.string(),
      serverReference: fc.string(),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(properties, fc.boolean(), fc.constantFrom(0, 0x87, 0x9f), (given, sessionPresent, reasonCode) => {
      const packet = { cmd: 'connack', sessionPresent, reasonCode, properties: given } as IConnackPacket;
      const expected = plainConnack();
      Object.assign(expected, { sessionPresent, code: reasonCode });
      if (given.receiveMaximum !== undefined) expected.receiveMaximum = given.receiveMaximum;
      if (given.maximumPacketSize !== undefined) expected.maximumPacketSize = given.maximumPacketSize;
      if (given.maximumQoS !== undefined) expected.maximumQos = given.maximumQoS;
      if (given.retainAvailable !== undefined) expected.retainAvailable = given.retainAvailable;
      expected.serverKeepAliveS = given.serverKeepAlive ?? null;
      expected.sessionExpiryS = given.sessionExpiryInterval ?? null;
      expected.assignedClientId = given.assignedClientIdentifier ?? null;
      expect(read(generate(packet, { protocolVersion: 5 }), 5)).toEqual(expected);
    }),
  );
});

it('reads that of MQTT 3.1.1, and takes such an answer to a CONNECT of MQTT 5 for what it is', () => {
  expect(read(Buffer.from([0x20, 2, 1, 0]), 4)).toEqual({ ...plainConnack(), sessionPresent: true });
  expect(read(Buffer.from([0x20, 2, 0, 1]), 5)).toEqual({ ...plainConnack(), code: 1 });
});

it.each([
  ['is too short', [0x20, 1, 0]],
  ['has a bad length of properties', [0x20, 3, 0, 0, 0x80]],
  ['is shorter than its properties', [0x20, 3, 0, 0, 5]],
  ['has a bad property', [0x20, 5, 0, 0, 2, 0x7f, 0]],
  ['allows nothing', [0x20, 6, 0, 0, 3, 0x21, 0, 0]],
])('refuses one that %s', (what, bytes) => {
  expect(() => read(Buffer.from(bytes), 5)).toThrow(new RegExp(`not MQTT: a CONNACK that ${what}`));
});
