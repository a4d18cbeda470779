import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter, MAX_FRAME_BYTES } from '../../../src/wire/kafka/frame-splitter.ts';

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Bodies as the splitter hands them out, for a stream chopped at `cuts` into one buffer that is overwritten each time. */
function split(stream: Buffer, cuts: readonly number[], splitter = new FrameSplitter()): string[] {
  const found: string[] = [];
  const borders = [...cuts.map((cut) => cut % (stream.length + 1)), 0, stream.length].sort((a, b) => a - b);
  const chunk = Buffer.alloc(stream.length + 3);
  for (let i = 1; i < borders.length; i++) {
    chunk.fill(0xff);
    const length = stream.copy(chunk, 0, borders[i - 1], borders[i]);
    splitter.push(chunk, length, (frame) => found.push(Buffer.from(frame).toString('hex')));
  }
  return found;
}

const body = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 40 }),
  fc.integer({ min: 4, max: 5000 }).map((length) => new Uint8Array(length).map((_, i) => i * 7)),
);

describe('FrameSplitter', () => {
  it('finds the same frames however the stream is chopped', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (all, cuts) => {
          const splitter = new FrameSplitter();
          const found = split(Buffer.concat(all.map(framed)), cuts, splitter);
          expect(found).toEqual(all.map((one) => Buffer.from(one).toString('hex')));
          expect(splitter.pending).toBe(0);
        },
      ),
    );
  });

  it('finds the same frames byte by byte', () => {
    const all = [4, 1023, 1024, 70_000, 4].map((length, i) => new Uint8Array(length).fill(i));
    const stream = Buffer.concat(all.map(framed));
    const found = split(
      stream,
      Array.from(stream, (_, i) => i),
    );
    expect(found).toEqual(all.map((one) => Buffer.from(one).toString('hex')));
  });

  it('hands on what lies whole in a chunk where it is', () => {
    const stream = Buffer.concat([framed(new Uint8Array(8)), framed(new Uint8Array(9))]);
    const places: number[] = [];
    new FrameSplitter().push(stream, stream.length, (frame) => {
      expect(frame.buffer).toBe(stream.buffer);
      places.push(frame.byteOffset - stream.byteOffset);
    });
    expect(places).toEqual([4, 16]);
  });

  it('keeps the beginning of a frame across chunks of any length', () => {
    const splitter = new FrameSplitter();
    const stream = framed(new Uint8Array(100).fill(9));
    splitter.push(stream.subarray(0, 3), 3, () => expect.unreachable());
    expect(splitter.pending).toBe(3);
    splitter.push(stream.subarray(3, 60), 57, () => expect.unreachable());
    expect(splitter.pending).toBe(60);
    const frames: number[] = [];
    splitter.push(stream.subarray(60), 44, (frame) => frames.push(frame.length));
    expect(frames).toEqual([100]);
  });

  it.each([
    ['a frame without a correlation id', 3],
    ['a negative length', -1],
    ['a frame beyond the limit', 1001],
    ['what TLS answers to plain text', 0x15030100],
    ['HTTP', Buffer.from('HTTP').readInt32BE()],
  ])('refuses %s, whole or in pieces', (_what, length) => {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32BE(length);
    for (const cut of [8, 4, 2]) {
      const splitter = new FrameSplitter(1000);
      const push = (): void => {
        splitter.push(bytes.subarray(0, cut), cut, () => expect.unreachable());
        splitter.push(bytes.subarray(cut), 8 - cut, () => expect.unreachable());
      };
      expect(push).toThrow(expect.objectContaining({ code: 'target-refused' }));
    }
  });

  it('takes a frame of the largest size and no larger buffer than it needs', () => {
    const splitter = new FrameSplitter(100);
    const stream = framed(new Uint8Array(100));
    expect(split(stream, [50], splitter)).toHaveLength(1);
    expect(MAX_FRAME_BYTES).toBe(134_217_728);
  });

  it('throws nothing but a refusal, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
        const splitter = new FrameSplitter(64);
        try {
          for (const chunk of chunks) {
            splitter.push(chunk, chunk.length, (frame) => expect(frame.length).toBeLessThanOrEqual(64));
            expect(splitter.pending).toBeLessThan(68);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'target-refused' });
        }
      }),
    );
  });
});
