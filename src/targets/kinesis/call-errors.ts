import { IotloadError } from '../../core/errors.ts';
import { awsRefusals, clockSkew, howToSign, meaningIn, unknownKey } from '../aws-refusals.ts';
import { signsAsAnybody, whoIsAsked } from '../aws-signer.ts';
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

/** What a connection that never stood ends with, by Node's names. */
const unsent: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'no port left',
  EMFILE: 'no descriptor left',
};

const wrongRegion: Meaning = {
  failure: 'refused',
  reason: 'wrong region',
  hint: 'Write the region of the endpoint as region.',
};

const noPool: Meaning = { failure: 'refused', reason: 'no such identity pool', hint: 'Check auth.pool.' };

/** Errors that the service names, and those who give credentials for it, besides `awsRefusals`. */
const named: Readonly<Record<string, Meaning>> = {
  ProvisionedThroughputExceededException: { failure: 'throttled', reason: 'throttled' },
  LimitExceededException: { failure: 'throttled', reason: 'throttled' },
  ThrottlingException: { failure: 'throttled', reason: 'throttled' },
  KMSThrottlingException: { failure: 'throttled', reason: 'throttled' },
  ResourceNotFoundException: { failure: 'missing', reason: 'no such stream' },
  ExpiredIteratorException: { failure: 'expired-iterator', reason: 'iterator expired' },
  AccessDeniedException: { failure: 'refused', reason: 'access denied', hint: 'Grant what `iotload plan` lists.' },
  AccessDenied: { failure: 'refused', reason: 'role denied' },
  NotAuthorizedException: {
    failure: 'refused',
    reason: 'no guests',
    hint: 'Allow unauthenticated identities in the pool.',
  },
  ValidationException: { failure: 'refused', reason: 'not valid' },
  InvalidArgumentException: { failure: 'refused', reason: 'not valid' },
  SerializationException: { failure: 'refused', reason: 'not valid' },
  KMSAccessDeniedException: {
    failure: 'refused',
    reason: 'key denied',
    hint: 'Allow the use of the stream’s KMS key.',
  },
};

/** What an error of the service means; some are told apart by their text alone. */
function meaningOf(name: string, message: string): Meaning | undefined {
  if (/scoped to a valid region|expected region/i.test(message)) return wrongRegion;
  if (name === 'InvalidSignatureException' && /signature (expired|not yet current)/i.test(message))
    return { failure: 'refused', ...clockSkew };
  // Cognito names what it does not find as Kinesis does.
  if (/identity ?pool/i.test(message) && name === 'ResourceNotFoundException') return noPool;
  const refusal = meaningIn(awsRefusals, name);
  return refusal === undefined ? meaningIn(named, name) : { failure: 'refused', ...refusal };
}

/** What a failed call of the SDK comes to. */
export function callError(error: unknown): CallError {
  const { name = '', message = '' } = error as Partial<Error>;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  const known = meaningOf(name, message);
  if (known !== undefined) return new CallError(known.failure, known.reason, name, error);
  if (status >= 500) return new CallError('ambiguous', 'service failure', name, error);
  if (status >= 400) return new CallError('refused', 'refused', name, error);
  const code = codeOf(error);
  const never = unsent[code];
  if (never !== undefined) return new CallError('unsent', never, code, error);
  // The handler calls resets timeouts as well, and a connection that does not come about in time.
  if (code !== '') return new CallError('ambiguous', code === 'ETIMEDOUT' ? 'timeout' : 'connection lost', code, error);
  if (name === 'TimeoutError' && /not establish a connection/.test(message))
    return new CallError('unsent', 'no connection in time', name, error);
  if (name === 'TimeoutError' || name === 'AbortError') return new CallError('ambiguous', 'timeout', name, error);
  return new CallError('ambiguous', 'connection lost', name, error);
}

/** Node's name of a failure; that of the first address where several were tried. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: readonly { code?: unknown }[] };
  const first = code ?? errors?.[0]?.code;
  return typeof first === 'string' ? first : '';
}

/** A failed call before the run, as the error that ends it: what, where and what to do. */
export function openingError(error: unknown, options: KinesisOptions, stream: string): IotloadError {
  if (error instanceof IotloadError) return error;
  const call = error instanceof CallError ? error : callError(error);
  const host = endpointHost(options.endpoint, options.region);
  const details = { where: 'target.endpoint', value: host, cause: call.cause };
  if (call.failure === 'missing') return missingStream(options, stream);
  const text = (call.cause as Partial<Error> | undefined)?.message ?? '';
  if (call.kind === 'CredentialsProviderError') return unsigned(options, host, call.cause);
  const known = meaningOf(call.kind, text);
  if (call.failure === 'refused' || known !== undefined) {
    const nobody = call.reason === unknownKey.reason && signsAsAnybody(options.auth, whoIsAsked(options.endpoint));
    const hint = nobody ? `None were found to sign with. ${howToSign}` : known?.hint;
    const said = known?.hint === undefined && text !== '' ? `: ${text}` : '';
    return new IotloadError('target-refused', `${host} refused stream ${stream}: ${call.reason}${said}`, {
      ...details,
      ...(known === wrongRegion ? { where: 'target.region', value: options.region } : {}),
      ...(known === noPool && options.auth?.kind === 'cognito'
        ? { where: 'target.auth.pool', value: options.auth.pool }
        : {}),
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

/** Nobody was asked: there is nothing to ask with. */
function unsigned({ auth }: KinesisOptions, host: string, cause: unknown): IotloadError {
  const profile = auth?.kind === 'aws' ? auth.profile : null;
  const message = `there are no credentials to sign requests to ${host} with`;
  if (profile === null)
    return new IotloadError('target-refused', message, { where: 'target.auth', hint: howToSign, cause });
  return new IotloadError('target-refused', message, {
    where: 'target.auth.profile',
    value: profile,
    hint: 'Does ~/.aws/credentials or ~/.aws/config have that profile?',
    cause,
  });
}

export function missingStream({ endpoint, region }: KinesisOptions, stream: string): IotloadError {
  return new IotloadError('target-refused', `there is no stream ${stream} at ${endpointHost(endpoint, region)}`, {
    where: 'target.stream',
    value: stream,
    hint: `Write create: { shards: 1 } to have it made, or check the region (${region}).`,
  });
}
