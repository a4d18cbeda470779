/** From so many bytes on the native encoder is faster, although it goes by a string. Measured. */
const LONG = 256;
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1');
const EQUALS = 0x3d;
/** Both characters of 12 bits, the first one in the low byte. */
const pairs = Uint16Array.from({ length: 4096 }, (_, bits) => {
  return (alphabet[bits >>> 6] as number) | ((alphabet[bits & 63] as number) << 8);
});

/** Characters that so many bytes take, padding included. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Writes bytes as base64 with padding, without an object for short ones. Keeps its views of what it reads and writes for the next call. */
export class Base64Writer {
  #source: Uint8Array = new Uint8Array(0);
  #sourceView = new DataView(this.#source.buffer);
  #sourceBuffer: Buffer = Buffer.from(this.#source.buffer);
  #out: Buffer = this.#sourceBuffer;
  #outView = this.#sourceView;

  /** Writes `source[from … to)` at `at`, where there has to be room; returns the position behind it. */
  write(source: Uint8Array, from: number, to: number, out: Buffer, at: number): number {
    if (source !== this.#source) this.#read(source);
    if (to - from >= LONG) return at + out.write(this.#sourceBuffer.toString('base64', from, to), at, 'latin1');
    if (out !== this.#out) this.#writeTo(out);
    const read = this.#sourceView;
    const view = this.#outView;
    // 12 bytes as three numbers of 32 bits are eight groups of 12 bits, two characters each.
    for (; from + 12 <= to; from += 12, at += 16) {
      const a = read.getInt32(from);
      const b = read.getInt32(from + 4);
      const c = read.getInt32(from + 8);
      view.setInt32(at, pair(a >>> 20) | (pair((a >>> 8) & 0xfff) << 16), true);
      view.setInt32(at + 4, pair(((a & 0xff) << 4) | (b >>> 28)) | (pair((b >>> 16) & 0xfff) << 16), true);
      view.setInt32(at + 8, pair((b >>> 4) & 0xfff) | (pair(((b & 0xf) << 8) | (c >>> 24)) << 16), true);
      view.setInt32(at + 12, pair((c >>> 12) & 0xfff) | (pair(c & 0xfff) << 16), true);
    }
    for (; from + 3 <= to; from += 3, at += 4) {
      const bits = (byteOf(source, from) << 16) | (byteOf(source, from + 1) << 8) | byteOf(source, from + 2);
      view.setInt32(at, pair(bits >>> 12) | (pair(bits & 0xfff) << 16), true);
    }
    if (from === to) return at;
    const bits = (byteOf(source, from) << 8) | (from + 1 < to ? byteOf(source, from + 1) : 0);
    view.setInt16(at, pair(bits >>> 4), true);
    out[at + 2] = from + 1 < to ? (alphabet[(bits & 0xf) << 2] as number) : EQUALS;
    out[at + 3] = EQUALS;
    return at + 4;
  }

  #read(source: Uint8Array): void {
    this.#source = source;
    this.#sourceView = new DataView(source.buffer, source.byteOffset, source.length);
    this.#sourceBuffer = Buffer.from(source.buffer, source.byteOffset, source.length);
  }

  #writeTo(out: Buffer): void {
    this.#out = out;
    this.#outView = new DataView(out.buffer, out.byteOffset, out.length);
  }
}

function pair(bits: number): number {
  return pairs[bits] as number;
}

function byteOf(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
