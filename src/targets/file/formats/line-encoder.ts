import type { FileEncoder } from './format.ts';

const newline = 0x0a;
const CHUNK_BYTES = 256 * 1024;

/** One event a line, below a header. */
export class LineEncoder implements FileEncoder {
  readonly #ready: Uint8Array[] = [];
  #readyBytes = 0;
  #chunk: Uint8Array;
  #used: number;
  size: number;

  constructor(header: Uint8Array) {
    this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, header.length));
    this.#chunk.set(header);
    this.#used = header.length;
    this.size = header.length;
  }

  get held(): number {
    return this.#readyBytes + this.#used;
  }

  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  sizeOf(bytes: number): number {
    return bytes + 1;
  }

  add(bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from + 1;
    if (this.#used + length > this.#chunk.length) {
      this.#pass();
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    }
    this.#chunk.set(bytes.subarray(from, to), this.#used);
    this.#used += length;
    this.#chunk[this.#used - 1] = newline;
    this.size += length;
    return true;
  }

  take(): Uint8Array | null {
    const bytes = this.#ready.shift() ?? null;
    this.#readyBytes -= bytes?.length ?? 0;
    return bytes;
  }

  finish(): void {
    this.#pass();
    this.#chunk = new Uint8Array();
  }

  #pass(): void {
    if (this.#used > 0) this.#ready.push(this.#chunk.subarray(0, this.#used));
    this.#readyBytes += this.#used;
    this.#used = 0;
  }
}
