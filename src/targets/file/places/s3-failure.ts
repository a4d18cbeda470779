import { IotloadError } from '../../../core/errors.ts';
import { awsRefusals, meaningIn, type Refusal } from '../../aws-refusals.ts';
import { socketFailure } from '../../socket-failure.ts';

/**
 * What a failed call says about what it asked for: `missing` and `refused` are answers, so that it was not done; after `ambiguous` (a
 * timeout, a lost connection, an error of the service) nobody knows.
 */
export type S3FailureKind = 'missing' | 'refused' | 'ambiguous';

export class S3Failure extends Error {
  readonly kind: S3FailureKind;
  /** The service's or the system's name of the error. */
  readonly errorName: string;
  readonly hint: string | undefined;

  constructor(kind: S3FailureKind, reason: string, errorName: string, hint: string | undefined, cause: unknown) {
    super(reason, { cause });
    this.name = 'S3Failure';
    this.kind = kind;
    this.errorName = errorName;
    this.hint = hint;
  }
}

/** Errors that the service names, besides `awsRefusals`. */
const named: Readonly<Record<string, Refusal>> = {
  NoSuchBucket: { reason: 'no such bucket', hint: 'Make the bucket first, or check its name and the region.' },
  AccessDenied: {
    reason: 'access denied',
    hint: 'Grant s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket.',
  },
  PermanentRedirect: { reason: 'wrong region', hint: 'Write the region of the bucket as region.' },
  AuthorizationHeaderMalformed: { reason: 'wrong region', hint: 'Write the region of the bucket as region.' },
};

/** What a failed call of the SDK comes to. */
export function s3Failure(error: unknown): S3Failure {
  if (error instanceof S3Failure) return error;
  const { name = '', $metadata } = error as Partial<Error> & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const known = meaningIn(named, name) ?? meaningIn(awsRefusals, name);
  if (known !== undefined) return new S3Failure('refused', known.reason, name, known.hint, error);
  if (status === 404) return new S3Failure('missing', 'not found', name, undefined, error);
  if (status === 403) return new S3Failure('refused', 'access denied', name, named['AccessDenied']?.hint, error);
  if (status === 301) return new S3Failure('refused', 'wrong region', name, named['PermanentRedirect']?.hint, error);
  if (status === 503) return new S3Failure('ambiguous', 'throttled', name, undefined, error);
  if (status >= 500) return new S3Failure('ambiguous', 'service failure', name, undefined, error);
  if (status >= 400) return new S3Failure('refused', 'refused', name, undefined, error);
  if (name === 'TimeoutError' || name === 'AbortError')
    return new S3Failure('ambiguous', 'timeout', name, undefined, error);
  const code = (error as { code?: unknown }).code;
  return new S3Failure('ambiguous', 'connection lost', typeof code === 'string' ? code : name, undefined, error);
}

/** A failed call before the run, as the error that ends it; `where` the bucket was named. */
export function s3OpeningError(error: unknown, host: string, bucket: string, where = 'target.path'): IotloadError {
  if (error instanceof IotloadError) return error;
  const failure = s3Failure(error);
  const details = { where, value: `s3://${bucket}`, cause: failure.cause };
  if (failure.kind === 'ambiguous') {
    const { code, reason, hint } = socketFailure(failure.cause instanceof Error ? failure.cause : failure);
    const why = failure.message === 'connection lost' ? reason || failure.message : failure.message;
    return new IotloadError(code, `cannot reach bucket ${bucket} at ${host}: ${why}`, {
      ...details,
      hint:
        failure.errorName === 'ECONNREFUSED' ? 'Does anything listen there?' : (hint ?? 'Check endpoint and region.'),
    });
  }
  const missing = failure.kind === 'missing';
  const hint = missing ? named['NoSuchBucket']?.hint : failure.hint;
  return new IotloadError(
    'target-refused',
    missing ? `there is no bucket ${bucket} at ${host}` : `${host} refused bucket ${bucket}: ${failure.message}`,
    { ...details, ...(hint === undefined ? {} : { hint }) },
  );
}
