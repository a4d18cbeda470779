import { basename, dirname, extname, join, resolve } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import type { TargetOptions } from '../target.ts';
import type { FileFormat } from './formats/format.ts';
import { formats } from './formats/registry.ts';
import { LandingNames } from './landing-names.ts';
import type { FileOptions } from './options.ts';
import { folderPlace } from './places/folder.ts';
import type { Place } from './places/place.ts';
import { readS3Path, s3Host } from './places/s3-address.ts';
import type { S3Options } from './places/s3-objects.ts';

/** Of files that land, where nobody says when the next one begins. */
const DEFAULT_ROLL = { maxBytes: 64 * 1024 * 1024, everyUs: 60_000_000 };
/** Of files in a folder of which only that is named. */
const DEFAULT_STEM = 'events';

/** Whether files take their names when they are complete; otherwise each part has one, which grows under its name. */
export function lands(options: TargetOptions): boolean {
  const { path, roll = null } = options as unknown as FileOptions;
  return roll !== null || !formatOf(options).grows || readS3Path(path ?? '') !== null;
}

/** When the next file begins. */
export function rollOf(options: TargetOptions): { maxBytes: number; everyUs: number | null } {
  const { maxBytes, everyUs } = (options as unknown as FileOptions).roll ?? DEFAULT_ROLL;
  return { maxBytes: maxBytes ?? Number.POSITIVE_INFINITY, everyUs };
}

export function formatOf(options: TargetOptions): FileFormat {
  return formats[(options as unknown as FileOptions).format ?? 'lines'] as FileFormat;
}

/** `host` or `host:port` of the store; none for a folder. */
export function hostsOf(options: TargetOptions): string[] {
  const { path, endpoint, region } = options as unknown as FileOptions & S3Options;
  return readS3Path(path ?? '') === null ? [] : [s3Host(endpoint, region)];
}

/** Path of the files of a run with so many parts, `*` for what differs. */
export function landedPattern(options: TargetOptions, parts: number, runId: string): string {
  const { folder, stem, extension, bucket } = addressOf(options);
  const pattern = new LandingNames(stem, extension, runId).patternOf(parts);
  return bucket === null ? join(folder, pattern) : `s3://${bucket}/${folder}${pattern}`;
}

/** Where a run lands its files, and their names. Loads what the place needs. */
export async function openLanding(
  options: TargetOptions,
  runId: string,
): Promise<{ place: Place; names: LandingNames }> {
  const { folder, stem, extension, bucket } = addressOf(options);
  const names = new LandingNames(stem, extension, runId);
  if (bucket === null) return { place: folderPlace(folder), names };
  const { s3Place } = await import('./places/s3-place.ts');
  const { endpoint, region, timeoutUs, auth = null } = options as unknown as S3Options;
  return { place: await s3Place({ endpoint, region, timeoutUs, auth }, bucket, folder), names };
}

interface Address {
  /** null: on this machine. */
  bucket: string | null;
  /** Absolute path of a folder; of a bucket, what its keys begin with. */
  folder: string;
  stem: string;
  extension: string;
}

/** @throws IotloadError `defect` when the plan has no path: the runner fills in the default before a worker starts. */
function addressOf(options: TargetOptions): Address {
  const { path } = options as unknown as FileOptions;
  if (path === null) throw new IotloadError('defect', 'the file target has no path', { where: 'target.path' });
  const s3 = readS3Path(path);
  const whole = s3 === null ? path : s3.key;
  const names = whole === '' || whole.endsWith('/') ? '' : basename(whole);
  const extension = names === '' ? formatOf(options).extension : extname(names);
  const stem = names === '' ? DEFAULT_STEM : basename(names, extension);
  if (s3 === null) return { bucket: null, folder: resolve(names === '' ? whole : dirname(whole)), stem, extension };
  return { bucket: s3.bucket, folder: whole.slice(0, whole.length - names.length), stem, extension };
}
