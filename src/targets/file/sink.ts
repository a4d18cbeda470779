import { appendFile, mkdir, open, readdir, rm } from 'node:fs/promises';
import { IotloadError } from '../../core/errors.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { describeFileError } from './file-error.ts';
import { LineWriter } from './line-writer.ts';
import { PartFiles } from './part-files.ts';

/** How long `close` waits for a write under way. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Creates the file of this part, and the folders above it. Acked means that the operating system took the whole line; no `fsync` is
 * made, so a power failure may still lose it.
 *
 * @throws IotloadError `file-unwritable` when the file, or one of another division into parts, exists: two runs are never mixed.
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const files = new PartFiles(options);
  const path = files.pathOf(context.part);
  const handle = await create(path, files, context.part.count);
  const writer = new LineWriter(handle, context.clock, context.events);
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await writer.flush(CLOSE_TIMEOUT_MS);
    await handle.close();
    await rm(files.probePath, { force: true });
  }

  return {
    lanes: 1,
    room: writer.room,
    laneOf: () => 0,
    send: (batch, atUs) => writer.send(batch, atUs),
    flush: (timeoutMs) => writer.flush(timeoutMs),
    close(): Promise<void> {
      closed ??= close();
      return closed;
    },
    async publish(_address, payload): Promise<void> {
      await appendFile(files.probePath, Buffer.concat([payload, Buffer.from('\n')])).catch((error: unknown) => {
        throw unwritable(files.probePath, error);
      });
    },
  };
}

async function create(path: string, files: PartFiles, parts: number) {
  try {
    await mkdir(files.directory, { recursive: true });
    const stranger = (await readdir(files.directory)).find((name) => (files.partsOf(name) ?? parts) !== parts);
    if (stranger !== undefined) throw exists(stranger);
    return await open(path, 'wx');
  } catch (error) {
    if (error instanceof IotloadError) throw error;
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(path) : unwritable(path, error);
  }
}

function exists(path: string): IotloadError {
  return new IotloadError('file-unwritable', 'the file of an earlier run is in the way', {
    where: 'target.path',
    value: path,
    hint: 'two runs are never mixed in one file: remove it, or choose another path',
  });
}

function unwritable(path: string, cause: unknown): IotloadError {
  return new IotloadError('file-unwritable', `cannot write the file: ${describeFileError(cause)}`, {
    where: 'target.path',
    value: path,
    cause,
  });
}
