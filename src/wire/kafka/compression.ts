import { IotloadError } from '../../core/errors.ts';
import { lz4Bound } from './lz4-frame.ts';
import { compressBlocks, uncompressBlocks } from './snappy-blocks.ts';
import { zstdFrames } from './zstd-frames.ts';

/** What the lowest three bits of a batch's attributes mean, in their order. */
export const compressionNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionName = (typeof compressionNames)[number];

/** Compresses and decompresses the records of a batch, as Kafka's Java client and librdkafka do. */
export interface CompressionCodec {
  readonly name: CompressionName;
  /** The value of the lowest three bits of a batch's attributes. */
  readonly id: number;
  /** Returns bytes of its own, or, for `none`, those that were given. */
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * Returns bytes of its own, or, for `none`, those that were given.
   * @throws IotloadError `target-refused` for what was not compressed so, is damaged, or makes more than `limit` bytes
   */
  decompress(bytes: Uint8Array, limit: number): Uint8Array;
}

type Functions = Pick<CompressionCodec, 'compress' | 'decompress'>;

/** Level of gzip and Zstandard: a load generator has better uses for its time than the last percent. */
const LEVEL = 1;

const loaders: Readonly<Record<CompressionName, () => Promise<Functions>>> = {
  none: async () => ({
    compress: (bytes) => bytes,
    decompress: (bytes, limit) => {
      refuseBeyond(bytes.length, limit);
      return bytes;
    },
  }),
  gzip: async () => {
    const { gzipSync, gunzipSync } = await import('node:zlib');
    return {
      compress: (bytes) => gzipSync(bytes, { level: LEVEL }),
      decompress: (bytes, limit) => gunzipSync(bytes, { maxOutputLength: Math.max(1, limit) }),
    };
  },
  snappy: async () => {
    const { compressSync, uncompressSync } = await import('snappy');
    return {
      compress: (bytes) => compressBlocks(bytes, (block) => compressSync(block)),
      decompress: (bytes, limit) => uncompressBlocks(bytes, limit, (block) => uncompressSync(block) as Buffer),
    };
  },
  lz4: async () => {
    const { compressFrameSync, decompressFrameSync } = await import('lz4-napi');
    return {
      compress: (bytes) => compressFrameSync(asBuffer(bytes)),
      decompress(bytes, limit) {
        refuseBeyond(lz4Bound(bytes, limit), limit);
        return decompressFrameSync(asBuffer(bytes));
      },
    };
  },
  zstd: async () => {
    const zstd = (await zstdOfNode()) ?? (await zstdOfWasm());
    return {
      compress: zstd.compress,
      decompress(bytes, limit) {
        const frames = zstdFrames(bytes);
        let most = 0;
        for (const { size } of frames) most += size;
        refuseBeyond(most, limit);
        const parts = frames.map(({ start, end, size }) => zstd.decompress(bytes.subarray(start, end), size));
        return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
      },
    };
  },
};

const loaded = new Map<CompressionName, Promise<CompressionCodec>>();

/**
 * Loads a codec, and the package it needs, once.
 * @throws IotloadError `not-supported` where the package cannot be loaded on this machine
 */
export function loadCodec(name: CompressionName): Promise<CompressionCodec> {
  let codec = loaded.get(name);
  if (codec === undefined) {
    codec = load(name);
    loaded.set(name, codec);
  }
  return codec;
}

async function load(name: CompressionName): Promise<CompressionCodec> {
  let functions: Functions;
  try {
    functions = await loaders[name]();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] as string) : String(cause);
    throw new IotloadError('not-supported', `the codec for ${name} cannot be loaded: ${reason}`, {
      value: name,
      hint: 'Choose another compression for the target, or install its packages for this platform.',
      cause,
    });
  }
  const { compress, decompress } = functions;
  return {
    name,
    id: compressionNames.indexOf(name),
    compress,
    decompress(bytes, limit) {
      try {
        return decompress(bytes, limit);
      } catch (cause) {
        if (cause instanceof IotloadError) throw cause;
        if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
        throw new IotloadError('target-refused', `a record batch cannot be decompressed by ${name}`, { cause });
      }
    },
  };
}

/** Compresses at `LEVEL`; decompresses one frame that makes `size` bytes at most. */
interface Zstd {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(frame: Uint8Array, size: number): Uint8Array;
}

/** Node's own, from 22.15 on; null where it has none. */
async function zstdOfNode(): Promise<Zstd | null> {
  const zlib = (await import('node:zlib')) as Partial<{
    zstdCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array;
    zstdDecompressSync(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array;
    constants: { ZSTD_c_compressionLevel?: number };
  }>;
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib;
  const level = constants?.ZSTD_c_compressionLevel;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined || level === undefined) return null;
  return {
    compress: (bytes) => zstdCompressSync(bytes, { params: { [level]: LEVEL } }),
    decompress: (frame, size) => zstdDecompressSync(frame, { maxOutputLength: Math.max(1, size) }),
  };
}

/** Where this thread keeps the only start of the library. */
const STARTED = Symbol.for('iotload.zstd-wasm');
type Started = { [STARTED]?: Promise<void> };

async function zstdOfWasm(): Promise<Zstd> {
  const { init, compress, decompress } = await import('@bokuweb/zstd-wasm');
  // Started a second time, be it by another copy of this module, the library would take room in one memory and write into another.
  const thread = globalThis as Started;
  thread[STARTED] ??= init();
  await thread[STARTED];
  return {
    compress: (bytes) => compress(bytes, LEVEL),
    // Of a frame that does not say how much it makes, the library has to be told how much room it needs.
    decompress: (frame, size) => decompress(frame, { defaultHeapSize: Math.max(1, size) }),
  };
}

/** The same bytes; some packages take nothing but a Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function refuseBeyond(size: number, limit: number): void {
  if (size > limit) throw tooLarge(limit);
}

function tooLarge(limit: number): IotloadError {
  return new IotloadError('target-refused', `a record batch takes more than ${limit} bytes when decompressed`);
}
