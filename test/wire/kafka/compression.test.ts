import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type CompressionName, compressionNames, loadCodec } from '../../../src/wire/kafka/compression.ts';

/** What independent libraries made of `plain`. */
const golden = JSON.parse(readFileSync('test/fixtures/kafka/compressed.json', 'utf8')) as {
  size: number;
  vectors: { codec: CompressionName; by: string; bytes: string }[];
};
const plain = Buffer.from(
  Array.from({ length: 1200 }, (_, i) => {
    const device = `${(i * 7919) % 100_000}`.padStart(5, '0');
    return `{"device":"dev-${device}","seq":${i},"t":${1_700_000_000_000 + i * 37}}\n`;
  }).join(''),
);
const LIMIT = 64 * 1024 * 1024;
const packed = compressionNames.filter((name) => name !== 'none');

describe('compression', () => {
  // First of all: a library that has grown its memory already shows nothing.
  it('loads each codec once, also for another copy of this module', async () => {
    const used = await loadCodec('zstd');
    const whole = used.compress(plain);
    vi.resetModules();
    const other = await import('../../../src/wire/kafka/compression.ts');
    expect(other.loadCodec).not.toBe(loadCodec);
    const again = await other.loadCodec('zstd');
    // What a second start does comes a little later.
    for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
    for (const { compress, decompress } of [used, again]) {
      expect(Buffer.from(decompress(whole, LIMIT)).equals(plain)).toBe(true);
      expect(Buffer.from(decompress(compress(plain), LIMIT)).equals(plain)).toBe(true);
    }
  });

  // A bound that is taken from a frame's blocks counts each as full.
  it.each(golden.vectors)('reads what $by wrote', async ({ codec, bytes }) => {
    expect(plain.length).toBe(golden.size);
    const { decompress } = await loadCodec(codec);
    expect(Buffer.compare(decompress(Buffer.from(bytes, 'base64'), plain.length + 128 * 1024), plain)).toBe(0);
  });

  it('writes gzip that anybody reads, and Snappy in the blocks of the Java client', async () => {
    const [gzip, snappy] = await Promise.all([loadCodec('gzip'), loadCodec('snappy')]);
    expect(Buffer.compare(gunzipSync(gzip.compress(plain)), plain)).toBe(0);
    const framed = Buffer.from(snappy.compress(plain));
    expect(framed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
    const first = framed.readUInt32BE(16);
    expect(framed.readUInt32BE(20 + first)).toBe(framed.length - 24 - first);
  });

  it('writes LZ4 frames of independent blocks without checksums, which is all that the Java client reads', async () => {
    const { compress } = await loadCodec('lz4');
    const frame = Buffer.from(compress(plain));
    expect(frame.readUInt32LE(0)).toBe(0x184d2204);
    expect(frame[4]).toBe(0x60);
  });

  it.each(compressionNames)('%s: round trip of any bytes, with the id of its place', async (name) => {
    const codec = await loadCodec(name);
    expect(codec).toMatchObject({ name, id: compressionNames.indexOf(name) });
    expect(await loadCodec(name)).toBe(codec);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 60 }), (bytes, times) => {
        const whole = Buffer.concat(Array.from({ length: times }, () => bytes));
        const back = codec.decompress(codec.compress(whole), whole.length + 128 * 1024);
        expect(Buffer.compare(back, whole)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it.each(packed)('%s: one byte more than the limit is refused', async (name) => {
    const { compress, decompress } = await loadCodec(name);
    // So large that the bound taken from the blocks is exact enough.
    const bytes = Buffer.alloc(1024 * 1024, 'a reading of 21.5 degrees, ');
    const small = compress(bytes);
    expect(decompress(small, bytes.length)).toHaveLength(bytes.length);
    expect(() => decompress(small, bytes.length - 1)).toThrow(/more than 1048575 bytes/);
  });

  it.each(packed)('%s: a bomb is an error before it is memory', async (name) => {
    const { compress, decompress } = await loadCodec(name);
    const bomb = compress(new Uint8Array(100 * 1024 * 1024));
    const before = process.memoryUsage.rss();
    expect(() => decompress(bomb, 1024 * 1024)).toThrow(/more than 1048576 bytes/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });

  it.each(packed)('%s: cut off or changed anywhere it is an error or other bytes, and never hangs', async (name) => {
    const { compress, decompress } = await loadCodec(name);
    const good = Buffer.from(compress(plain.subarray(0, 3000)));
    const attempt = (bytes: Uint8Array): void => {
      try {
        expect(decompress(bytes, LIMIT).length).toBeLessThanOrEqual(LIMIT);
      } catch (error) {
        expect(error).toMatchObject({ name: 'IotloadError', code: 'target-refused' });
      }
    };
    for (let length = 0; length < good.length; length++) attempt(good.subarray(0, length));
    for (let at = 0; at < good.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] as number) ^ flip;
        attempt(bad);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (tail) => {
        attempt(tail);
        attempt(Buffer.concat([good.subarray(0, 30), tail]));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no gzip for another codec', async () => {
    for (const name of packed.filter((other) => other !== 'gzip')) {
      const { decompress } = await loadCodec(name);
      expect(() => decompress(gzipSync(plain), LIMIT)).toThrow(/record batch/);
    }
  });

  it('believes no Zstandard frame that says it holds more than its blocks can', async () => {
    const { compress, decompress } = await loadCodec('zstd');
    const frame = Buffer.from(compress(plain));
    // A single segment with four bytes of size, telling 0xf0000000.
    expect((frame[4] as number) & 0x20).toBe(0x20);
    const sizeBytes = [1, 2, 4, 8][(frame[4] as number) >>> 6] as number;
    const liar = Buffer.concat([frame.subarray(0, 5), Buffer.from('000000f0', 'hex'), frame.subarray(5 + sizeBytes)]);
    liar[4] = ((liar[4] as number) & 0x3f) | 0x80;
    expect(() => decompress(liar, 2 ** 40)).toThrow(/more than it can/);
  });
});
