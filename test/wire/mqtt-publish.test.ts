import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { createPublishLayout, readPublish } from '../../src/wire/mqtt-publish.ts';
import { FrameSplitter } from '../../src/wire/mqtt-splitter.ts';

function read(frame: Buffer): { topic: string; payload: Buffer; layout: ReturnType<typeof createPublishLayout> } {
  const layout = createPublishLayout();
  let result: { topic: string; payload: Buffer } | undefined;
  new FrameSplitter().push(frame, frame.length, (bytes, start, body, end) => {
    readPublish(bytes, start, body, end, layout);
    result = {
      topic: Buffer.from(bytes.slice(layout.topicStart, layout.topicEnd)).toString(),
      payload: Buffer.from(bytes.slice(layout.payloadStart, end)),
    };
  });
  if (result === undefined) throw new Error('no frame');
  return { ...result, layout };
}

it('finds topic, id, flags and payload of what mqtt-packet generates', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 40 }).filter((topic) => !/[+#]/u.test(topic)),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(0 as const, 1 as const, 2 as const),
      fc.integer({ min: 1, max: 65_535 }),
      fc.boolean(),
      fc.boolean(),
      (topic, payload, qos, messageId, dup, retain) => {
        const found = read(
          generate({ cmd: 'publish', topic, payload: Buffer.from(payload), qos, messageId, dup, retain }),
        );
        expect(found.topic).toBe(topic);
        expect(found.payload.equals(payload)).toBe(true);
        expect(found.layout).toMatchObject({ qos, dup, retain, packetId: qos === 0 ? 0 : messageId });
      },
    ),
  );
});

it.each([
  ['QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1]],
  ['a topic longer than the frame', [0x30, 3, 0, 9, 0x61]],
  ['no room for the packet id', [0x32, 4, 0, 1, 0x61, 1]],
  ['half a topic length', [0x30, 1, 0]],
  ['an empty body', [0x30, 0]],
  ['an empty topic', [0x30, 2, 0, 0]],
  ['packet identifier 0', [0x32, 5, 0, 1, 0x61, 0, 0]],
])('refuses %s', (_, bytes) => {
  expect(() => read(Buffer.from(bytes))).toThrow(/not MQTT: a PUBLISH/);
});
