/**
 * The framing of a run's `sent` and `seen` files: written in one go, readable after a crash at any byte.
 *
 *   file  := magic[8] version:u8 frame* end?
 *   frame := length:u32 ~length:u32 payload[length] crc:u32      length ≥ 1; crc = CRC-32 of the payload; little-endian
 *   end   := 0:u32 ~0:u32                                        nothing follows
 *
 * The complement tells a damaged length from a torn frame: without it, one flipped bit would pass for the end of the file.
 */
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { AppendFile, Disk, ReadFile } from '../core/disk.ts';
import { fromPlainError, IotloadError, toPlainError } from '../core/errors.ts';
import { recordDisk } from '../core/rolling-disk.ts';

const VERSION = 3;
const HEADER_BYTES = 9;
const FRAME_HEAD_BYTES = 8;
const FRAME_TAIL_BYTES = 4;
/** Longest payload; bounds what a reader buffers. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
/** What a writer holds at most when the disk does not keep up. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** Appends frames to a file. They wait in memory until `flush`. */
export class JournalWriter {
  readonly #path: string;
  readonly #file: AppendFile;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #work: Promise<void> = Promise.resolve();
  #failure: IotloadError | undefined;

  private constructor(path: string, file: AppendFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Creates the file, or empties it. `magic` is 8 ASCII characters. Throws IotloadError `file-unwritable`. */
  static async open(path: string, magic: string, disk: Disk = recordDisk): Promise<JournalWriter> {
    try {
      const writer = new JournalWriter(path, await disk.create(path));
      await disk.syncNames(dirname(path));
      writer.#enqueue(Buffer.concat([Buffer.from(magic, 'latin1'), Uint8Array.of(VERSION)]));
      return writer;
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Goes on with a file behind its first `length` bytes, the end of one of its frames. Throws IotloadError `file-unwritable`. */
  static async resume(path: string, length: number, disk: Disk = recordDisk): Promise<JournalWriter> {
    try {
      return new JournalWriter(path, await disk.reopen(path, length));
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Adds one frame. Throws IotloadError `file-unwritable` once writing failed or fell 64 MiB behind. */
  append(payload: Uint8Array): void {
    if (payload.length === 0 || payload.length > MAX_PAYLOAD_BYTES) {
      throw new IotloadError('defect', 'a journal frame has an impossible length', { value: `${payload.length}` });
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pendingBytes + payload.length > MAX_PENDING_BYTES) {
      throw unwritable(this.#path, new Error('the disk is too slow'));
    }
    const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length + FRAME_TAIL_BYTES);
    writeHead(frame, payload.length);
    frame.set(payload, FRAME_HEAD_BYTES);
    frame.writeUInt32LE(crc32(payload), FRAME_HEAD_BYTES + payload.length);
    this.#enqueue(frame);
  }

  /** Writes everything appended so far and brings it to the disk. Rejects with IotloadError `file-unwritable`. */
  flush(): Promise<void> {
    this.#work = this.#work.then(() => this.#write());
    return this.#work;
  }

  /** Writes the end mark and closes the file. */
  async end(): Promise<void> {
    const mark = Buffer.alloc(FRAME_HEAD_BYTES);
    writeHead(mark, 0);
    this.#enqueue(mark);
    await this.close();
  }

  /** Flushes and closes the file without an end mark. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#file.close();
    }
  }

  #enqueue(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  async #write(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      await this.#file.append(bytes);
      await this.#file.sync();
    } catch (cause) {
      this.#failure = unwritable(this.#path, cause);
      throw this.#failure;
    }
  }
}

/** How a journal stopped. */
export interface JournalTail {
  /** The end mark is there: whoever wrote the file finished it. */
  ended: boolean;
  /** Bytes of an incomplete last frame, which were ignored. */
  tornBytes: number;
  /** Bytes up to the end of the last whole frame, where writing may go on; 0 where not even the file's head is whole. */
  wholeBytes: number;
}

/**
 * Reads a journal frame by frame. The payload is valid during the call only. A torn last frame is reported, not an error.
 * @throws IotloadError `file-unreadable`; `file-corrupt` for another file type or version, damage before the last frame, bytes after
 * the end mark, and whatever `visit` finds.
 */
export async function readJournal(
  path: string,
  magic: string,
  visit: (payload: Uint8Array) => void,
  disk: Disk = recordDisk,
): Promise<JournalTail> {
  const file = await disk.open(path).catch((cause: unknown) => {
    throw new IotloadError('file-unreadable', `cannot read: ${reasonOf(cause)}`, { where: path, cause });
  });
  try {
    return await readFrames(file, magic, visit);
  } catch (error) {
    if (!(error instanceof IotloadError)) {
      throw new IotloadError('file-unreadable', `cannot read: ${reasonOf(error)}`, { where: path, cause: error });
    }
    if (error.where !== undefined) throw error;
    throw fromPlainError({ ...toPlainError(error), where: path });
  } finally {
    await file.close();
  }
}

/** Whether the file ends with an end mark, without reading the rest; false where there is no such file yet. */
export async function hasEndMark(path: string, disk: Disk = recordDisk): Promise<boolean> {
  const file = await disk.open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { size } = file;
    if (size < HEADER_BYTES + FRAME_HEAD_BYTES) return false;
    const tail = Buffer.alloc(FRAME_HEAD_BYTES);
    await file.read(tail, size - tail.length);
    return tail.readUInt32LE(0) === 0 && tail.readUInt32LE(4) === 0xffffffff;
  } finally {
    await file.close();
  }
}

async function readFrames(file: ReadFile, magic: string, visit: (payload: Uint8Array) => void): Promise<JournalTail> {
  const { size } = file;
  let window = Buffer.alloc(0);
  let windowAt = 0;
  let at = HEADER_BYTES;

  /** `length` bytes at position `at`, undefined where the file is shorter. */
  const bytesAt = async (position: number, length: number): Promise<Buffer | undefined> => {
    if (position + length > size) return undefined;
    if (position + length > windowAt + window.length) {
      const wanted = Math.min(size - position, Math.max(length, READ_BYTES));
      const next = Buffer.allocUnsafe(wanted);
      if ((await file.read(next, position)) < wanted) throw new Error('the file shrank while it was read');
      window = next;
      windowAt = position;
    }
    return window.subarray(position - windowAt, position - windowAt + length);
  };

  const header = await bytesAt(0, HEADER_BYTES);
  if (header === undefined) return { ended: false, tornBytes: size, wholeBytes: 0 };
  if (header.toString('latin1', 0, 8) !== magic) {
    throw new IotloadError('file-corrupt', `this is no "${magic}" file`);
  }
  if (header[8] !== VERSION) {
    throw new IotloadError('file-corrupt', 'another version of iotload wrote this file', { value: `${header[8]}` });
  }

  const torn = (): JournalTail => ({ ended: false, tornBytes: size - at, wholeBytes: at });
  while (at < size) {
    const head = await bytesAt(at, FRAME_HEAD_BYTES);
    if (head === undefined) return torn();
    const length = head.readUInt32LE(0);
    const damaged = head.readUInt32LE(4) !== ~length >>> 0 || length > MAX_PAYLOAD_BYTES;
    if (damaged) {
      // A file system may have made room for bytes that never arrived. The last byte of a whole head is never 0.
      if (await isZero(bytesAt, at + FRAME_HEAD_BYTES - 1, size)) return torn();
      throw new IotloadError('file-corrupt', 'a record is damaged', { value: `byte ${at}` });
    }
    if (length === 0) {
      if (at + FRAME_HEAD_BYTES === size) return { ended: true, tornBytes: 0, wholeBytes: at };
      throw new IotloadError('file-corrupt', 'there is something after the end mark', { value: `byte ${at}` });
    }
    const frameBytes = FRAME_HEAD_BYTES + length + FRAME_TAIL_BYTES;
    const frame = await bytesAt(at, frameBytes);
    if (frame === undefined) return torn();
    const payload = frame.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length);
    if (crc32(payload) !== frame.readUInt32LE(FRAME_HEAD_BYTES + length)) {
      // The last frame, or the last that a file system wrote to before it made room for bytes that never arrived.
      if (await isZero(bytesAt, at + frameBytes, size)) return torn();
      throw new IotloadError('file-corrupt', 'a record is damaged', { value: `byte ${at}` });
    }
    visit(payload);
    at += frameBytes;
  }
  return torn();
}

async function isZero(
  bytesAt: (position: number, length: number) => Promise<Buffer | undefined>,
  from: number,
  to: number,
): Promise<boolean> {
  for (let at = from; at < to; at += READ_BYTES) {
    const bytes = await bytesAt(at, Math.min(READ_BYTES, to - at));
    if (bytes === undefined || bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

function writeHead(frame: Buffer, length: number): void {
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(~length >>> 0, 4);
}

function unwritable(path: string, cause: unknown): IotloadError {
  return new IotloadError('file-unwritable', `cannot write: ${reasonOf(cause)}`, { where: path, cause });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
