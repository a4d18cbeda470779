import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { describeFileError } from './file-error.ts';
import { FileSeries } from './file-series.ts';
import { headerOf } from './header.ts';
import { LineWriter } from './line-writer.ts';
import type { FileOptions } from './options.ts';
import { PartFiles } from './part-files.ts';
import { partFolder, prepareFolder } from './part-folder.ts';

/** How long `close` waits for a write under way. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Creates the first file of this part, and the folders above it. Acked means that the operating system took the whole line; no `fsync`
 * is made, so a power failure may still lose it.
 *
 * @throws IotloadError `file-unwritable` when a file of another run stands there: two runs are never mixed.
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const { roll = null } = options as unknown as FileOptions;
  const files = new PartFiles(options);
  const header = headerOf(options, context.fleets);
  const series = new FileSeries(
    partFolder(files, context.part),
    Buffer.from(header === null ? '' : `${header}\n`),
    roll?.maxBytes ?? Number.POSITIVE_INFINITY,
  );
  await openFirst(series, files, context);
  const writer = new LineWriter(series, context.clock, context.events);
  const { everyUs = null } = roll ?? {};
  const stopRolling = everyUs === null ? () => {} : context.clock.every(everyUs / 1000, () => writer.roll());
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    stopRolling();
    await writer.flush(CLOSE_TIMEOUT_MS);
    await writer.close();
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

async function openFirst(series: FileSeries, files: PartFiles, { part, resumes = false }: SinkContext): Promise<void> {
  const path = files.pathOf(part, files.rolls ? 1 : null);
  try {
    const stranger = await prepareFolder(files, part, resumes);
    if (stranger !== null) throw exists(join(files.directory, stranger));
    if (resumes) await series.resume();
    await series.current();
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
