import { describe, expect, it } from 'vitest';
import { s3Failure, s3OpeningError } from '../../../../src/targets/file/places/s3-failure.ts';

const failed = (name: string, status?: number, code?: string): object =>
  Object.assign(
    new Error('why'),
    { name },
    status === undefined ? {} : { $metadata: { httpStatusCode: status } },
    code === undefined ? {} : { code },
  );

describe('what a failed call says', () => {
  it.each([
    ['NoSuchKey', 404, 'missing', 'not found'],
    ['NoSuchBucket', 404, 'refused', 'no such bucket'],
    ['AccessDenied', 403, 'refused', 'access denied'],
    ['Unknown', 403, 'refused', 'access denied'],
    ['SignatureDoesNotMatch', 403, 'refused', 'bad signature'],
    ['PermanentRedirect', 301, 'refused', 'wrong region'],
    ['EntityTooLarge', 400, 'refused', 'refused'],
    ['InternalError', 500, 'ambiguous', 'service failure'],
    ['SlowDown', 503, 'ambiguous', 'throttled'],
    ['TimeoutError', undefined, 'ambiguous', 'timeout'],
    ['CredentialsProviderError', undefined, 'refused', 'no credentials'],
    ['Error', undefined, 'ambiguous', 'connection lost'],
  ])('%s, %s: %s', (name, status, kind, reason) => {
    expect(s3Failure(failed(name, status))).toMatchObject({ kind, message: reason });
  });

  it('ends a run before it begins, with what to do', () => {
    expect(s3OpeningError(failed('NotFound', 404), 'host:1', 'lake')).toMatchObject({
      code: 'target-refused',
      message: 'there is no bucket lake at host:1',
      where: 'target.path',
      value: 's3://lake',
      hint: expect.stringContaining('Make the bucket first'),
    });
    expect(s3OpeningError(failed('Error', undefined, 'ECONNREFUSED'), 'host:1', 'lake')).toMatchObject({
      code: 'target-unreachable',
      message: 'cannot reach bucket lake at host:1: connection refused',
      hint: 'Does anything listen there?',
    });
    expect(s3OpeningError(failed('Unknown', 403), 'host:1', 'lake')).toMatchObject({
      code: 'target-refused',
      message: 'host:1 refused bucket lake: access denied',
      hint: expect.stringContaining('s3:PutObject'),
    });
  });
});
