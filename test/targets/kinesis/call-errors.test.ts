import { describe, expect, it } from 'vitest';
import { callError, openingError } from '../../../src/targets/kinesis/call-errors.ts';
import { type KinesisOptions, optionsSchema } from '../../../src/targets/kinesis/options.ts';

const options: KinesisOptions = optionsSchema.parse({ endpoint: 'http://127.0.0.1:4566', stream: 's' });

/** An error as the SDK and its handler throw it. */
function thrown(name: string, message = 'said', rest: object = {}): Error {
  return Object.assign(new Error(message), { name }, rest);
}

describe('an error of a call', () => {
  it.each([
    [thrown('ProvisionedThroughputExceededException'), 'throttled', 'throttled'],
    [thrown('InternalFailure', 'x', { $metadata: { httpStatusCode: 500 } }), 'ambiguous', 'service failure'],
    [thrown('', 'x', { $metadata: { httpStatusCode: 503 } }), 'ambiguous', 'service failure'],
    [thrown('Strange', 'x', { $metadata: { httpStatusCode: 418 } }), 'refused', 'refused'],
    [thrown('Error', 'connect', { code: 'ECONNREFUSED' }), 'unsent', 'nobody listens'],
    [thrown('AggregateError', '', { errors: [{ code: 'ECONNREFUSED' }] }), 'unsent', 'nobody listens'],
    [thrown('Error', 'x', { code: 'ENOTFOUND' }), 'unsent', 'no such host'],
    // As the HTTP handler names a reset.
    [thrown('TimeoutError', 'read ECONNRESET', { code: 'ECONNRESET' }), 'ambiguous', 'connection lost'],
    [thrown('TimeoutError', 'x', { code: 'ETIMEDOUT' }), 'ambiguous', 'timeout'],
    [thrown('TimeoutError', 'the request socket did not establish a connection'), 'unsent', 'no connection in time'],
    [thrown('TimeoutError', 'a request has exceeded'), 'ambiguous', 'timeout'],
    [thrown('ExpiredToken'), 'refused', 'expired token'],
    [thrown('InvalidSignatureException', 'Signature expired: 20260101T000000Z'), 'refused', 'clock skew'],
    [thrown('InvalidSignatureException', 'Signature not yet current: 2026'), 'refused', 'clock skew'],
    [thrown('InvalidSignatureException', 'Credential should be scoped to a valid region'), 'refused', 'wrong region'],
    [thrown('InvalidSignatureException', 'does not match'), 'refused', 'bad signature'],
    [thrown('SignatureDoesNotMatch'), 'refused', 'bad signature'],
    [thrown('InvalidClientTokenId'), 'refused', 'unknown access key'],
    [thrown('AccessDenied', 'not authorized to perform: sts:AssumeRole'), 'refused', 'role denied'],
    [thrown('NotAuthorizedException', 'Unauthenticated access is not supported'), 'refused', 'no guests'],
    [thrown('ResourceNotFoundException', 'Stream s under account 0 not found.'), 'missing', 'no such stream'],
    [thrown('ResourceNotFoundException', "IdentityPool 'us-east-1:1' not found."), 'refused', 'no such identity pool'],
  ])('%s', (error, failure, reason) => {
    expect(callError(error)).toMatchObject({ failure, reason });
  });

  it('ends a run that has not begun with one sentence and what to do', () => {
    const ended = (error: Error) => {
      const { code, message, hint } = openingError(error, options, 's');
      return [code, message, hint];
    };
    expect(ended(thrown('ExpiredToken', 'The security token included in the request is expired'))).toEqual([
      'target-refused',
      '127.0.0.1:4566 refused stream s: expired token',
      'Sign in again: the session of these credentials is over.',
    ]);
    expect(ended(thrown('InvalidSignatureException', 'Signature expired: x'))).toEqual([
      'target-refused',
      '127.0.0.1:4566 refused stream s: clock skew',
      'Set the clock of this machine: signatures that are more than five minutes off are refused.',
    ]);
    expect(ended(thrown('Error', 'connect', { code: 'ECONNREFUSED' }))).toEqual([
      'target-unreachable',
      'cannot reach stream s at 127.0.0.1:4566: connection refused',
      'Does anything listen there?',
    ]);
  });

  it('says where what is wrong stands', () => {
    const ended = (error: Error, block: object = {}) => {
      const { message, where, value, hint } = openingError(error, { ...options, ...block }, 's');
      return [message, where, value, hint];
    };
    const scoped = thrown('InvalidSignatureException', 'Credential should be scoped to a valid region.');
    expect(ended(scoped)).toEqual([
      '127.0.0.1:4566 refused stream s: wrong region',
      'target.region',
      'us-east-1',
      'Write the region of the endpoint as region.',
    ]);
    const unsigned = 'there are no credentials to sign requests to 127.0.0.1:4566 with';
    const none = thrown('CredentialsProviderError', 'Could not load credentials from any providers');
    expect(ended(none)).toEqual([unsigned, 'target.auth', undefined, expect.stringContaining('AWS_ACCESS_KEY_ID')]);
    expect(ended(none, { auth: { kind: 'aws', profile: 'nobody', role: null } })).toEqual([
      unsigned,
      'target.auth.profile',
      'nobody',
      expect.stringContaining('~/.aws/credentials'),
    ]);
    const pool = thrown('ResourceNotFoundException', "IdentityPool 'us-east-1:1' not found.");
    expect(ended(pool, { auth: { kind: 'cognito', pool: 'us-east-1:1' } })).toEqual([
      '127.0.0.1:4566 refused stream s: no such identity pool',
      'target.auth.pool',
      'us-east-1:1',
      'Check auth.pool.',
    ]);
  });
});
