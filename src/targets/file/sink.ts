import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { describeFileError } from './file-error.ts';
import { createFile, type GrowingFile, prepareFolder, reopenFile } from './growing-file.ts';
import { headerOf } from './header.ts';
import { lands } from './landing-place.ts';
import { LineWriter } from './line-writer.ts';
import { PartFiles } from './part-files.ts';
import { writerSink } from './writer-sink.ts';

/**
 * Where files land, opens that. Otherwise creates the file of this part, and the folders above it; acked then means that the operating
 * system took the whole line; no `fsync` is made, so a power failure may still lose it.
 *
 * @throws IotloadError `file-unwritable` when a file of another run stands there: two runs are never mixed in one file.
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  if (lands(options)) {
    const { openLandingSink } = await import('./landing-sink.ts');
    return openLandingSink(options, context);
  }
  const files = new PartFiles(options);
  const header = headerOf(options, context.fleets);
  const { file, position } = await openPart(files, Buffer.from(header === null ? '' : `${header}\n`), context);
  const writer = new LineWriter(file, position, context.clock, context.events);
  return writerSink(
    writer,
    async (_address, payload) => {
      await appendFile(files.probePath, Buffer.concat([payload, Buffer.from('\n')])).catch((error: unknown) => {
        throw unwritable(files.probePath, error);
      });
    },
    () => rm(files.probePath, { force: true }),
  );
}

async function openPart(
  files: PartFiles,
  header: Uint8Array,
  { part, resumes = false }: SinkContext,
): Promise<GrowingFile> {
  const path = files.pathOf(part);
  try {
    const stranger = await prepareFolder(files, part, resumes);
    if (stranger !== null) throw exists(join(files.directory, stranger));
    return (resumes ? await reopenFile(path, header) : null) ?? (await createFile(path, header));
  } catch (error) {
    if (error instanceof IotloadError) throw error;
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(path) : unwritable(path, error);
  }
}

function exists(path: string): IotloadError {
  return new IotloadError('file-unwritable', 'the file of an earlier run is in the way', {
    where: 'target.path',
    value: path,
    hint: 'two runs are never mixed in one file: remove it, choose another path, or let files roll: their names hold the run',
  });
}

function unwritable(path: string, cause: unknown): IotloadError {
  return new IotloadError('file-unwritable', `cannot write the file: ${describeFileError(cause)}`, {
    where: 'target.path',
    value: path,
    cause,
  });
}
