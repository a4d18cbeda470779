import { IotloadError } from '../../core/errors.ts';
import { readS3Path, s3EndpointProblem, s3Host, s3PathProblem } from '../../targets/file/places/s3-address.ts';
import { s3OpeningError } from '../../targets/file/places/s3-failure.ts';
import type { S3Objects, S3Options } from '../../targets/file/places/s3-objects.ts';

/** Where results lie in a bucket. */
export interface BucketAddress {
  /** As users write it: `s3://bucket/prefix`, without a slash at its end. */
  title: string;
  bucket: string;
  /** What its keys begin with: empty, or with a slash at its end. */
  folder: string;
  options: S3Options;
}

/** The objects of an address. */
export interface ResultsBucket extends BucketAddress {
  objects: S3Objects;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A part that does not answer for so long is asked for again. */
const TIMEOUT_US = 60_000_000;
const DEFAULT_REGION = 'us-east-1';
/** Where S3 is, as the tools of AWS read it; the first that is set. */
const endpointVariables = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'];

/** Whether a text is an address in a bucket, and not a directory. */
export function isBucketAddress(text: string): boolean {
  return readS3Path(text) !== null;
}

/**
 * Reads `s3://bucket/prefix`. Store and region are those of the environment: `AWS_ENDPOINT_URL_S3`, `AWS_REGION`.
 *
 * @throws IotloadError `bad-arguments`, in the name of the flag
 */
export function readBucketAddress(where: string, text: string, env: Environment): BucketAddress {
  const title = text.replace(/\/+$/, '');
  const s3 = readS3Path(title);
  const error = s3 === null ? 'expected an address in a bucket' : s3PathProblem(title)?.error;
  if (s3 === null || error !== undefined)
    throw new IotloadError('bad-arguments', error as string, { where, value: text, hint: 'write s3://bucket/prefix' });
  const folder = s3.key === '' ? '' : `${s3.key}/`;
  return { title, bucket: s3.bucket, folder, options: storeOf(env) };
}

/**
 * Which store it is.
 *
 * @throws IotloadError `bad-arguments` for an endpoint that is none, without the credentials that it may hold
 */
export function storeOf(env: Environment): S3Options {
  const variable = endpointVariables.find((name) => env[name]);
  // The tools of AWS take one with a slash at its end too.
  const endpoint = variable === undefined ? 'aws' : (env[variable] as string).replace(/\/+$/, '');
  const problem = s3EndpointProblem(endpoint);
  if (problem !== null)
    throw new IotloadError('bad-arguments', problem.error, {
      where: variable as string,
      hint: 'write http://host:9000 or https://host',
    });
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || DEFAULT_REGION;
  return { endpoint, region, timeoutUs: TIMEOUT_US, auth: null };
}

/**
 * Opens it and sees that the bucket is there.
 *
 * @throws IotloadError `target-unreachable`, `target-refused`, in the name of the flag
 */
export async function openBucket(address: BucketAddress, where: string): Promise<ResultsBucket> {
  const { openS3 } = await import('../../targets/file/places/s3-objects.ts');
  const objects = await openS3(address.options, address.bucket);
  try {
    await objects.headBucket();
  } catch (error) {
    objects.close();
    throw bucketError(error, address, where);
  }
  return { ...address, objects };
}

/** What a failed call comes to. */
export function bucketError(error: unknown, { options, bucket }: BucketAddress, where: string): IotloadError {
  return s3OpeningError(error, s3Host(options.endpoint, options.region), bucket, where);
}
