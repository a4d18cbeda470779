import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { Answer, publishBytes, publishFlags, writeAnswer, writePublish } from '../../src/wire/mqtt-frames.ts';

const topics = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((topic) => !/[+#\0]/u.test(topic));

it('writes the PUBLISH that mqtt-packet generates, byte for byte', () => {
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 16_000, max: 17_000 }).map((length) => new Uint8Array(length).fill(7)),
  );
  fc.assert(
    fc.property(
      topics,
      payloads,
      fc.constantFrom(0 as const, 1 as const),
      fc.integer({ min: 1, max: 65_535 }),
      fc.nat(9),
      (topic, payload, qos, messageId, offset) => {
        const bytes = Buffer.concat([Buffer.alloc(3), Buffer.from(topic), payload]);
        const payloadAt = bytes.length - payload.length;
        const size = publishBytes(payloadAt - 3, payload.length, qos);
        const out = new Uint8Array(offset + size);
        expect(writePublish(out, offset, bytes, 3, payloadAt, bytes.length, publishFlags(qos), messageId)).toBe(
          offset + size,
        );
        const expected = generate({
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos,
          messageId,
          dup: false,
          retain: false,
        });
        expect(Buffer.from(out.subarray(offset)).equals(expected)).toBe(true);
      },
    ),
  );
});

it('knows the size of a PUBLISH at every border of the remaining length', () => {
  for (const remaining of [127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const payload = Buffer.alloc(remaining - 3);
    expect(publishBytes(1, payload.length, 0)).toBe(
      generate({ cmd: 'publish', topic: 't', payload, qos: 0, dup: false, retain: false }).length,
    );
  }
});

it('writes the PUBACK that mqtt-packet generates', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), (messageId) => {
      const out = new Uint8Array(4);
      expect(writeAnswer(out, 0, Answer.puback, messageId)).toBe(4);
      expect(Buffer.from(out)).toEqual(generate({ cmd: 'puback', messageId }));
    }),
  );
});
