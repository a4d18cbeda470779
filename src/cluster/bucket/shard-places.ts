import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBucketAddress, openBucket, type ResultsBucket, readBucketAddress } from './bucket-address.ts';
import { ShardMirror } from './shard-mirror.ts';

/** Directories in which the shards of a run are, or of which they are copies. */
export interface ShardPlaces {
  dirs: string[];
  /** Brings what is new in buckets; null where there are none. With `all` also of runs that were cut off. */
  refresh: ((options: { all: boolean }) => Promise<void>) | null;
  /** Removes the copies. */
  close(): void;
}

/**
 * Opens directories and addresses in buckets, `s3://bucket/prefix`. `where` names them in errors.
 *
 * @throws IotloadError `bad-arguments`, `target-unreachable`, `target-refused`
 */
export async function openShardPlaces(
  given: readonly string[],
  where: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ShardPlaces> {
  const addresses = given.filter(isBucketAddress).map((text) => readBucketAddress(where, text, env));
  if (addresses.length === 0) return { dirs: [...given], refresh: null, close: () => {} };
  const buckets: ResultsBucket[] = [];
  const space = mkdtempSync(join(tmpdir(), 'iotload-shards-'));
  const close = (): void => {
    for (const { objects } of buckets) objects.close();
    rmSync(space, { recursive: true, force: true });
  };
  try {
    for (const address of addresses) buckets.push(await openBucket(address, where));
  } catch (error) {
    close();
    throw error;
  }
  const copies = buckets.map((bucket) => {
    const dir = join(space, bucket.bucket, bucket.folder);
    mkdirSync(dir, { recursive: true });
    return { dir, mirror: new ShardMirror(bucket, dir, where) };
  });
  return {
    dirs: [...given.filter((text) => !isBucketAddress(text)), ...copies.map(({ dir }) => dir)],
    async refresh(options) {
      for (const { mirror } of copies) await mirror.refresh(options);
    },
    close,
  };
}
