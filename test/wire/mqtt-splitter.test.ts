import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { FrameSplitter } from '../../src/wire/mqtt-splitter.ts';

const packets: fc.Arbitrary<Packet> = fc.oneof(
  fc.integer({ min: 1, max: 65_535 }).map((messageId): Packet => ({ cmd: 'puback', messageId })),
  fc.constant<Packet>({ cmd: 'pingresp' }),
  fc.constant<Packet>({ cmd: 'connack', returnCode: 0, sessionPresent: false }),
  fc.oneof(fc.nat(200), fc.integer({ min: 16_300, max: 16_500 })).map(
    (length): Packet => ({
      cmd: 'publish',
      topic: 'a/b',
      payload: Buffer.alloc(length, 1),
      qos: 1,
      messageId: 9,
      dup: false,
      retain: false,
    }),
  ),
);

/** Frames as the splitter hands them out, with the length of their body, for chunks cut at `cuts`. */
function split(stream: Buffer, cuts: readonly number[]): { frame: Buffer; body: number }[] {
  const splitter = new FrameSplitter();
  const found: { frame: Buffer; body: number }[] = [];
  const borders = [...cuts.map((cut) => cut % (stream.length + 1)), 0, stream.length].sort((a, b) => a - b);
  for (let i = 1; i < borders.length; i++) {
    // Into one shared buffer that is overwritten each time, as a socket's read buffer is.
    const chunk = Buffer.alloc(stream.length, 0xff);
    const length = stream.copy(chunk, 0, borders[i - 1], borders[i]);
    splitter.push(chunk, length, (bytes, start, body, end) => {
      found.push({ frame: Buffer.from(bytes.slice(start, end)), body: end - body });
    });
    chunk.fill(0);
  }
  expect(splitter.pending).toBe(0);
  return found;
}

describe('FrameSplitter', () => {
  it('finds the same frames however the stream is chopped', () => {
    fc.assert(
      fc.property(
        fc.array(packets, { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (sent, cuts) => {
          const frames = sent.map((packet) => generate(packet));
          const found = split(Buffer.concat(frames), cuts);
          expect(found.map(({ frame }) => frame.toString('hex'))).toEqual(frames.map((frame) => frame.toString('hex')));
          for (const { frame, body } of found) expect(frame.length - body).toBeGreaterThan(1);
        },
      ),
    );
  });

  it('finds the same frames byte by byte', () => {
    const frames = [
      generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(17_000), qos: 0, dup: false, retain: false }),
      generate({ cmd: 'pingresp' }),
    ];
    const stream = Buffer.concat(frames);
    const found = split(stream, Array.from(stream.keys()));
    expect(found.map(({ frame }) => frame.length)).toEqual(frames.map((frame) => frame.length));
    expect(found[0]?.body).toBe((frames[0] as Buffer).length - 4);
  });

  it.each([
    ['a remaining length that never ends', [0x40, 0xff, 0xff, 0xff, 0xff]],
    ['packet type 0', [0x00, 0x00]],
    ['packet type 15', [0xf0, 0x00]],
    ['a frame above the bound', [0x30, 0xff, 0x7f]],
  ])('refuses %s, whole or byte by byte', (_, bytes) => {
    const whole = new FrameSplitter(1000);
    expect(() => whole.push(Uint8Array.from(bytes), bytes.length, () => {})).toThrow(IotloadError);
    const dribbled = new FrameSplitter(1000);
    expect(() => {
      for (const byte of bytes) dribbled.push(Uint8Array.of(byte), 1, () => {});
    }).toThrow(/not MQTT 3.1.1/);
  });

  it('never hangs or overruns on random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const splitter = new FrameSplitter(256);
        let out = 0;
        let fed = 0;
        try {
          for (const chunk of chunks) {
            fed += chunk.length;
            splitter.push(chunk, chunk.length, (_bytes, start, body, end) => {
              expect(end).toBeGreaterThanOrEqual(body);
              out += end - start;
            });
            expect(splitter.pending).toBeLessThanOrEqual(256);
            expect(out + splitter.pending).toBe(fed);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(IotloadError);
        }
      }),
    );
  });
});
