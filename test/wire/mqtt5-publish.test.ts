import fc from 'fast-check';
import { generate, type IPublishPacket, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { publishBytes, publishFlags } from '../../src/wire/mqtt-frames.ts';
import { createPublishLayout, readPublish5 } from '../../src/wire/mqtt-publish.ts';
import { FrameSplitter } from '../../src/wire/mqtt-splitter.ts';
import { IDENTITY_PROPERTY, propertyBytes, writePublish5 } from '../../src/wire/mqtt5-publish.ts';

const topics = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((topic) => !/[+#\0]/u.test(topic));
const payloads = fc.uint8Array({ maxLength: 300 });
const ids = fc.constantFrom('', 'a', 'x'.repeat(50), 'x'.repeat(110), 'x'.repeat(200));
const flags = fc.record({ qos: fc.constantFrom(0, 1, 2), retain: fc.boolean(), dup: fc.boolean() });

it('writes the PUBLISH that mqtt-packet generates, byte for byte', () => {
  fc.assert(
    fc.property(
      topics,
      ids,
      payloads,
      flags,
      fc.integer({ min: 1, max: 65_535 }),
      (topic, id, payload, how, messageId) => {
        const { qos, retain, dup } = how as { qos: 0 | 1 | 2; retain: boolean; dup: boolean };
        const bytes = Buffer.concat([Buffer.from('..'), Buffer.from(topic), Buffer.from(id), payload]);
        const payloadAt = bytes.length - payload.length;
        const idAt = payloadAt - id.length;
        const size = publishBytes(idAt - 2, payload.length, qos, propertyBytes(id.length));
        const out = new Uint8Array(size + 3);
        const end = writePublish5(
          out,
          3,
          bytes,
          2,
          idAt,
          payloadAt,
          bytes.length,
          publishFlags(qos, retain, dup),
          messageId,
        );
        expect(end).toBe(out.length);
        const packet: IPublishPacket = {
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos,
          messageId,
          dup,
          retain,
        };
        if (id !== '') packet.properties = { userProperties: { [IDENTITY_PROPERTY]: id } };
        expect(Buffer.from(out.subarray(3)).equals(generate(packet, { protocolVersion: 5 }))).toBe(true);
      },
    ),
  );
});

interface Found {
  topic: string;
  payload: Buffer;
  id: string;
  layout: ReturnType<typeof createPublishLayout>;
}

function read(frame: Buffer): Found {
  const layout = createPublishLayout();
  let found: Found | undefined;
  new FrameSplitter().push(frame, frame.length, (bytes, start, body, end) => {
    readPublish5(bytes, start, body, end, layout);
    const text = (from: number, to: number): Buffer => Buffer.from(bytes.slice(from, to));
    found = {
      topic: text(layout.topicStart, layout.topicEnd).toString(),
      payload: text(layout.payloadStart, end),
      id: text(layout.identityStart, layout.identityEnd).toString(),
      layout,
    };
  });
  if (found === undefined) throw new Error('no frame');
  return found;
}

describe('reading', () => {
  const pairs = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ maxLength: 20 }), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const others = fc.record(
    {
      payloadFormatIndicator: fc.boolean(),
      messageExpiryInterval: fc.nat(),
      responseTopic: fc.constant('r/1'),
      correlationData: fc.uint8Array({ maxLength: 20 }).map((data) => Buffer.from(data)),
      contentType: fc.string({ maxLength: 20 }),
      subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  it('finds topic, id beside the payload and payload among any other properties', () => {
    fc.assert(
      fc.property(topics, ids, payloads, flags, pairs, others, (topic, id, payload, how, strangers, properties) => {
        const { qos, retain, dup } = how as { qos: 0 | 1 | 2; retain: boolean; dup: boolean };
        const userProperties: Record<string, string> = {
          ...strangers,
          ...(id === '' ? {} : { [IDENTITY_PROPERTY]: id }),
        };
        const packet: IPublishPacket = {
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos,
          messageId: 77,
          dup,
          retain,
          // mqtt-packet writes an empty map as bytes without a length.
          properties: Object.keys(userProperties).length === 0 ? properties : { ...properties, userProperties },
        };
        const found = read(generate(packet, { protocolVersion: 5 }));
        expect(found.topic).toBe(topic);
        expect(found.id).toBe(id);
        expect(found.payload.equals(payload)).toBe(true);
        expect(found.layout).toMatchObject({ qos, dup, retain, packetId: qos === 0 ? 0 : 77 });
      }),
    );
  });

  it('never reads beyond the frame and says what is wrong, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        const frame = Buffer.concat([Buffer.from([0x30, body.length]), body]);
        try {
          const { layout } = read(frame);
          expect(layout.payloadStart).toBeLessThanOrEqual(frame.length);
          expect(layout.identityEnd).toBeLessThanOrEqual(layout.payloadStart);
        } catch (error) {
          expect((error as Error).message).toMatch(/^not MQTT: a PUBLISH with /);
        }
      }),
    );
  });

  it.each([
    ['properties longer than the frame', [0x30, 4, 0, 1, 0x61, 9]],
    ['a length of properties without an end', [0x30, 4, 0, 1, 0x61, 0x80]],
    ['an unknown property', [0x30, 6, 0, 1, 0x61, 2, 0x7f, 0]],
    ['a property that is cut off', [0x30, 6, 0, 1, 0x61, 2, 0x02, 0]],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(Buffer.from(bytes))).toThrow(/not MQTT: a PUBLISH with/);
  });
});

it('is understood by mqtt-packet', () => {
  const bytes = Buffer.from('topicIDpayload');
  const out = Buffer.alloc(publishBytes(5, 7, 1, propertyBytes(2)));
  writePublish5(out, 0, bytes, 0, 5, 7, 14, publishFlags(1), 9);
  const found: unknown[] = [];
  const reader = parser({ protocolVersion: 5 });
  reader.on('packet', (packet) => found.push(packet));
  reader.parse(out);
  expect(found).toMatchObject([
    { cmd: 'publish', topic: 'topic', qos: 1, messageId: 9, properties: { userProperties: { 'iotload-id': 'ID' } } },
  ]);
});
