import { IotloadError } from '../../core/errors.ts';
import { socketFailure } from '../socket-failure.ts';
import { CallError, type CallFailure } from './calls.ts';
import { endpointHost } from './endpoint.ts';
import type { KinesisOptions } from './options.ts';

interface Meaning {
  failure: CallFailure;
  /** For outcomes. */
  reason: string;
  /** What to do about it. */
  hint?: string;
}

const signature = 'Check the credentials: access key, secret and session token belong together.';

/** Errors that the service names. */
const named: Readonly<Record<string, Meaning>> = {
  ProvisionedThroughputExceededException: { failure: 'throttled', reason: 'throttled' },
  LimitExceededException: { failure: 'throttled', reason: 'throttled' },
  ThrottlingException: { failure: 'throttled', reason: 'throttled' },
  KMSThrottlingException: { failure: 'throttled', reason: 'throttled' },
  ResourceNotFoundException: { failure: 'missing', reason: 'no such stream' },
  ExpiredIteratorException: { failure: 'expired-iterator', reason: 'iterator expired' },
  AccessDeniedException: { failure: 'refused', reason: 'access denied', hint: 'Grant what `iotload plan` lists.' },
  UnrecognizedClientException: { failure: 'refused', reason: 'unknown access key', hint: signature },
  InvalidSignatureException: {
    failure: 'refused',
    reason: 'bad signature',
    hint: `${signature} A clock that is more than five minutes wrong is refused as well.`,
  },
  IncompleteSignatureException: { failure: 'refused', reason: 'bad signature', hint: signature },
  MissingAuthenticationTokenException: { failure: 'refused', reason: 'not signed', hint: signature },
  ExpiredTokenException: {
    failure: 'refused',
    reason: 'expired token',
    hint: 'Sign in again: the session of these credentials is over.',
  },
  RequestExpired: { failure: 'refused', reason: 'clock skew', hint: 'Set the clock of this machine.' },
  ValidationException: { failure: 'refused', reason: 'not valid' },
  InvalidArgumentException: { failure: 'refused', reason: 'not valid' },
  SerializationException: { failure: 'refused', reason: 'not valid' },
  KMSAccessDeniedException: {
    failure: 'refused',
    reason: 'key denied',
    hint: 'Allow the use of the stream’s KMS key.',
  },
  CredentialsProviderError: {
    failure: 'refused',
    reason: 'no credentials',
    hint: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write auth: { kind: aws, profile: … }.',
  },
};

/** What a failed call of the SDK comes to. */
export function callError(error: unknown): CallError {
  const { name = '', message = '' } = error as Partial<Error>;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  const known = named[name];
  if (known !== undefined) {
    // A region that is not the endpoint's own is told in the text alone.
    const reason = /scoped to a valid region|expected region/i.test(message) ? 'wrong region' : known.reason;
    return new CallError(known.failure, reason, name, error);
  }
  if (name === 'TimeoutError' || name === 'AbortError') return new CallError('ambiguous', 'timeout', name, error);
  if (status >= 500) return new CallError('ambiguous', 'service failure', name, error);
  if (status >= 400) return new CallError('refused', 'refused', name, error);
  const code = (error as { code?: unknown }).code;
  const kind = typeof code === 'string' ? code : name;
  return new CallError('ambiguous', 'connection lost', kind, error);
}

/** A failed call before the run, as the error that ends it: what, where and what to do. */
export function openingError(error: unknown, options: KinesisOptions, stream: string): IotloadError {
  if (error instanceof IotloadError) return error;
  const call = error instanceof CallError ? error : callError(error);
  const host = endpointHost(options.endpoint, options.region);
  const details = { where: 'target.endpoint', value: host, cause: call.cause };
  if (call.failure === 'missing') return missingStream(options, stream);
  const known = named[call.kind];
  if (call.failure === 'refused' || known !== undefined) {
    const hint = call.reason === 'wrong region' ? 'Write the region of the endpoint as region.' : known?.hint;
    const text = (call.cause as Partial<Error> | undefined)?.message ?? '';
    const said = known?.hint === undefined && text !== '' ? `: ${text}` : '';
    return new IotloadError('target-refused', `${host} refused stream ${stream}: ${call.reason}${said}`, {
      ...details,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const failure = socketFailure(call.cause instanceof Error ? call.cause : call);
  const reason = call.reason === 'timeout' ? 'no answer in time' : failure.reason || call.reason;
  return new IotloadError(failure.code, `cannot reach stream ${stream} at ${host}: ${reason}`, {
    ...details,
    hint: call.kind === 'ECONNREFUSED' ? 'Does anything listen there?' : (failure.hint ?? 'Check endpoint and region.'),
  });
}

export function missingStream({ endpoint, region }: KinesisOptions, stream: string): IotloadError {
  return new IotloadError('target-refused', `there is no stream ${stream} at ${endpointHost(endpoint, region)}`, {
    where: 'target.stream',
    value: stream,
    hint: `Write create: { shards: 1 } to have it made, or check the region (${region}).`,
  });
}
