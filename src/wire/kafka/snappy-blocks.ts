import { IotloadError } from '../../core/errors.ts';

/** How the stream of the Java library begins: a name, the version, and the least version that can read it. */
const HEADER = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1);
/** Bytes of the name, without which it is a plain Snappy block. */
const NAME = 8;
/** Uncompressed bytes of a block, as the Java client has it. */
const BLOCK = 32 * 1024;

/**
 * Compresses in the framing of the Java client (snappy-java's stream): a header, then blocks that have their length before them.
 *
 *   stream := header:16 (length:i32 block)*
 *
 * Big-endian.
 */
export function compressBlocks(bytes: Uint8Array, compress: (block: Uint8Array) => Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = compress(bytes.subarray(at, at + BLOCK));
    blocks.push(lengthOf(block), block);
  }
  return Buffer.concat(blocks);
}

/**
 * Decompresses such a stream, or one plain block.
 * @throws IotloadError `target-refused` for more than `limit` bytes, or for what is neither; whatever `uncompress` throws
 */
export function uncompressBlocks(
  bytes: Uint8Array,
  limit: number,
  uncompress: (block: Uint8Array) => Uint8Array,
): Uint8Array {
  if (!isFramed(bytes)) {
    if (uncompressedSize(bytes) > limit) throw tooLarge(limit);
    return uncompress(bytes);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  let total = 0;
  for (let at = HEADER.length; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw malformed('it is cut off');
    const length = view.getUint32(at);
    at += 4;
    if (at + length > bytes.length) throw malformed('a block is too long');
    blocks.push(bytes.subarray(at, at + length));
    total += uncompressedSize(blocks.at(-1) as Uint8Array);
    if (total > limit) throw tooLarge(limit);
    at += length;
  }
  return blocks.length === 1 ? uncompress(blocks[0] as Uint8Array) : Buffer.concat(blocks.map(uncompress));
}

function isFramed(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER.length) return false;
  for (let i = 0; i < NAME; i++) if (bytes[i] !== HEADER[i]) return false;
  return true;
}

/** What a block says that it makes: a varint before its first element. Snappy's decoders refuse to make more. */
function uncompressedSize(block: Uint8Array): number {
  let size = 0;
  for (let i = 0, unit = 1; i < 5 && i < block.length; i++, unit *= 128) {
    const byte = block[i] as number;
    size += (byte & 0x7f) * unit;
    if (byte < 128) return size;
  }
  throw malformed('a block does not say how long it is');
}

function lengthOf(block: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, block.length);
  return length;
}

function tooLarge(limit: number): IotloadError {
  return new IotloadError('target-refused', `a record batch takes more than ${limit} bytes when decompressed`);
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `a record batch is no Snappy block: ${what}`);
}
