import type { Part } from '../../core/anchor.ts';
import { IotloadError } from '../../core/errors.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { describeFileError } from './file-error.ts';
import type { LandingNames } from './landing-names.ts';
import { formatOf, openLanding, rollOf } from './landing-place.ts';
import { LandingWriter } from './landing-writer.ts';
import type { FileOptions } from './options.ts';
import { type Place, PlaceError } from './places/place.ts';
import { writerSink } from './writer-sink.ts';

const newline = Buffer.from('\n');

/**
 * Lands events in files that appear when they are complete. Acked means that the event's file is durable and there under its own name.
 * @throws IotloadError `file-unwritable` where nothing can be written, or files of a run with this id are there already
 */
export async function openLandingSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const { part, clock, events, runId, resumes = false } = context;
  const format = await formatOf(options).open(options as unknown as FileOptions, context.fleets);
  const { place, names } = await openLanding(options, runId);
  const { last, marker } = await prepareLanding(place, names, part, resumes);
  const { maxBytes, everyUs } = rollOf(options);
  const bounds = { nameOf: (sequence: number) => names.nameOf(part, sequence), last, maxBytes };
  const writer = new LandingWriter(place, format, bounds, clock, events);
  const stopRolling = everyUs === null ? () => {} : clock.every(everyUs / 1000, () => writer.roll());
  return writerSink(
    writer,
    async (_address, payload) => {
      await place.append(marker, Buffer.concat([payload, newline])).catch((error: unknown) => {
        throw error instanceof IotloadError ? error : unwritable(place, error);
      });
    },
    async () => {
      stopRolling();
      await place.remove(marker).catch(() => {});
      place.close();
    },
  );
}

/** What an earlier writer of the part left. */
interface LeftBehind {
  /** Number of its last file; 0 where there is none. */
  last: number;
  /** Name for readiness markers that it did not use: whoever reads them must not take its own for new ones. */
  marker: string;
}

/** Looks at what is there already, and takes away what an earlier writer of the part was cut off in. */
async function prepareLanding(place: Place, names: LandingNames, part: Part, resumes: boolean): Promise<LeftBehind> {
  let last = 0;
  let writers = 0;
  try {
    await place.prepare();
    for (const name of await place.list(names.beginnings)) {
      const file = names.read(name);
      if (file === null) continue;
      const isOwn = file.part.index === part.index && file.part.count === part.count;
      if (file.kind === 'markers') {
        if (!isOwn) continue;
        writers = Math.max(writers, file.number);
        await place.remove(name);
      } else if (isOwn && resumes) last = Math.max(last, file.number);
      else if (isOwn || file.part.count !== part.count) throw exists(place, name);
    }
    if (resumes) await place.forget(names.nameOf(part, last + 1));
  } catch (error) {
    place.close();
    throw error instanceof IotloadError ? error : unwritable(place, error);
  }
  return { last, marker: names.markerOf(part, writers + 1) };
}

function exists(place: Place, name: string): IotloadError {
  return new IotloadError('file-unwritable', 'files of a run with the same id are in the way', {
    where: 'target.path',
    value: `${place.title} ${name}`,
    hint: 'give each run an id of its own, or none: it is made anew then',
  });
}

function unwritable(place: Place, cause: unknown): IotloadError {
  const reason = cause instanceof PlaceError ? cause.message : describeFileError(cause);
  return new IotloadError('file-unwritable', `cannot land files: ${reason}`, {
    where: 'target.path',
    value: place.title,
    cause,
  });
}
