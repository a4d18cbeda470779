import { close, mkdtempSync, openSync, read, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a topic or stream keeps that memory has no room for. Its file has no name: it is unlinked as soon as it is open, so that nothing of it is left
 * when the process ends, in whatever way. Made when it is first needed.
 */
export class SpillFile {
  #descriptor = -1;
  #end = 0;
  /** Reads and writes under way. */
  #busy = 0;
  #closed = false;

  /** Where the next `length` bytes are to go. */
  reserve(length: number): number {
    const position = this.#end;
    this.#end += length;
    return position;
  }

  /** Writes the first `length` bytes of `bytes`, which must not change before `done`. */
  write(bytes: Buffer, length: number, position: number, done: (failed: boolean) => void): void {
    try {
      if (this.#descriptor === -1) this.#descriptor = openUnnamed();
    } catch {
      process.nextTick(done, true);
      return;
    }
    this.#busy++;
    const from = (offset: number): void => {
      write(this.#descriptor, bytes, offset, length - offset, position + offset, (error, written) => {
        if (error === null && offset + written < length) {
          from(offset + written);
          return;
        }
        this.#leave();
        done(error !== null);
      });
    };
    from(0);
  }

  /** Rejects where the file is not readable, or ends before. */
  read(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    this.#busy++;
    return new Promise<Buffer>((resolve, reject) => {
      const from = (offset: number): void => {
        read(this.#descriptor, bytes, offset, length - offset, position + offset, (error, count) => {
          if (error !== null) reject(error);
          else if (count === 0) reject(new Error('the file of a broker’s log ends before its data'));
          else if (offset + count < length) from(offset + count);
          else resolve(bytes);
        });
      };
      from(0);
    }).finally(() => this.#leave());
  }

  /** Gives the disk back, once nobody reads or writes any more. */
  close(): void {
    this.#closed = true;
    if (this.#busy === 0) this.#release();
  }

  #leave(): void {
    this.#busy--;
    if (this.#closed && this.#busy === 0) this.#release();
  }

  #release(): void {
    if (this.#descriptor === -1) return;
    close(this.#descriptor, () => {});
    this.#descriptor = -1;
  }
}

function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'iotload-broker-'));
  try {
    return openSync(join(folder, 'log'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
