import { type LandedFile, type Place, PlaceError } from './place.ts';
import { s3Host } from './s3-address.ts';
import { s3Failure, s3OpeningError } from './s3-failure.ts';
import { openS3, type S3Objects, type S3Options } from './s3-objects.ts';
import { S3Upload } from './s3-upload.ts';

const POLL_MS = 500;

/** The objects of a bucket whose keys begin with `folder`, which is empty or ends with a slash. */
export async function s3Place(options: S3Options, bucket: string, folder: string): Promise<Place> {
  return placeOf(await openS3(options, bucket), { host: s3Host(options.endpoint, options.region), bucket, folder });
}

/** The same through these calls. */
export function placeOf(objects: S3Objects, at: { host: string; bucket: string; folder: string }): Place {
  const { host, bucket, folder } = at;
  const appended = new Map<string, Uint8Array>();
  return {
    title: `s3://${bucket}/${folder}`,
    pollMs: POLL_MS,
    async prepare() {
      try {
        await objects.headBucket();
      } catch (error) {
        throw s3OpeningError(error, host, bucket);
      }
    },
    async list(beginnings) {
      const keys = await Promise.all(beginnings.map((beginning) => objects.list(folder + beginning)));
      return keys.flat().map((key) => key.slice(folder.length));
    },
    async create(name) {
      if ((await sizeOf(objects, folder + name)) !== null) throw new PlaceError('it exists already');
      return new S3Upload(objects, folder + name);
    },
    async forget(name) {
      const key = folder + name;
      const ids = await objects.begun(key).catch(() => []);
      for (const id of ids) await objects.abort(key, id).catch(() => {});
    },
    async open(name) {
      const size = await objects.size(folder + name);
      return size === null ? null : landedObject(objects, folder + name, size);
    },
    async append(name, bytes) {
      const whole = Buffer.concat([appended.get(name) ?? new Uint8Array(), bytes]);
      appended.set(name, whole);
      try {
        await objects.put(folder + name, whole);
      } catch (error) {
        throw s3OpeningError(error, host, bucket);
      }
    },
    async remove(name) {
      appended.delete(name);
      await objects.remove(folder + name);
    },
    close: () => objects.close(),
  };
}

async function sizeOf(objects: S3Objects, key: string): Promise<number | null> {
  try {
    return await objects.size(key);
  } catch (error) {
    // Nothing was written yet.
    throw new PlaceError(s3Failure(error).message, { cause: error });
  }
}

function landedObject(objects: S3Objects, key: string, size: number): LandedFile {
  return {
    size,
    async read(bytes, offset, length, position) {
      const end = Math.min(size, position + length);
      if (position >= end) return { bytesRead: 0 };
      const piece = await objects.get(key, position, end);
      bytes.set(piece, offset);
      return { bytesRead: piece.length };
    },
    close: async () => {},
  };
}
