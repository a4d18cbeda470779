import type { Argv } from 'yargs';
import type { ResultsBucket } from '../cluster/bucket/bucket-address.ts';
import { formatBytes } from '../core/units.ts';

const WHERE = '--upload';

/** Adds the flag of every verb whose results may go into a bucket. */
export function uploadFlag<T>(parser: Argv<T>): Argv<T & { upload: string | undefined }> {
  return parser.option('upload', {
    type: 'string',
    describe: 'copy the results to s3://bucket/prefix too, once they are complete (AWS_ENDPOINT_URL_S3: not AWS)',
  });
}

/** Where results go besides their directory. */
export interface Uploading {
  /** Copies them. */
  copy(dir: string, note: (text: string) => void): Promise<void>;
  close(): void;
}

/**
 * Opens the bucket of the flag, so that it is known to be there before anything is sent; null where there is no flag.
 *
 * @throws IotloadError `bad-arguments`, `target-unreachable`, `target-refused`
 */
export async function openUpload(upload: string | undefined): Promise<Uploading | null> {
  if (upload === undefined) return null;
  const { openBucket, readBucketAddress } = await import('../cluster/bucket/bucket-address.ts');
  const bucket = await openBucket(readBucketAddress(WHERE, upload, process.env), WHERE);
  return { copy: (dir, note) => copy(dir, bucket, note), close: () => bucket.objects.close() };
}

async function copy(dir: string, bucket: ResultsBucket, note: (text: string) => void): Promise<void> {
  const { uploadResults } = await import('../cluster/bucket/upload-results.ts');
  note(`copying the results to ${bucket.title}`);
  const { files, bytes } = await uploadResults(dir, bucket);
  note(`copied ${files} files, ${formatBytes(bytes)}`);
}
