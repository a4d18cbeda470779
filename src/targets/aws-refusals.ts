/** What a refusal means, and what to do about it. */
export interface Refusal {
  /** For outcomes. */
  reason: string;
  hint?: string;
}

/** How somebody becomes known who has no credentials. */
export const howToSign =
  'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write auth: { kind: aws, profile: … }.';
const together = 'Check the credentials: access key, secret and session token belong together.';
export const unknownKey: Refusal = { reason: 'unknown access key', hint: together };
const badSignature: Refusal = { reason: 'bad signature', hint: together };
const expiredToken: Refusal = {
  reason: 'expired token',
  hint: 'Sign in again: the session of these credentials is over.',
};

export const clockSkew: Refusal = {
  reason: 'clock skew',
  hint: 'Set the clock of this machine: signatures that are more than five minutes off are refused.',
};

/** Refusals of who asks, by the names that the services of AWS have for them, and the SDK for want of credentials. */
export const awsRefusals: Readonly<Record<string, Refusal>> = {
  UnrecognizedClientException: unknownKey,
  InvalidAccessKeyId: unknownKey,
  InvalidClientTokenId: unknownKey,
  InvalidSignatureException: badSignature,
  IncompleteSignatureException: badSignature,
  SignatureDoesNotMatch: badSignature,
  MissingAuthenticationTokenException: { reason: 'not signed', hint: together },
  ExpiredTokenException: expiredToken,
  ExpiredToken: expiredToken,
  RequestExpired: clockSkew,
  RequestTimeTooSkewed: clockSkew,
  CredentialsProviderError: { reason: 'no credentials', hint: howToSign },
};

/** What stands for an error; `name` may be anything, what every object has among it. */
export function meaningIn<T>(meanings: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}
