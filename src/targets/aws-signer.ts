import type { KinesisClientConfig } from '@aws-sdk/client-kinesis';
import type { AwsAuth } from './aws-auth-options.ts';

/** Of an endpoint that asks for no real ones; the signature is made of them all the same. */
const ANYBODY = { accessKeyId: 'iotload', secretAccessKey: 'iotload' };

/** Keeps the SDK's own words to whoever develops with it, which Node would print in the middle of a run. To be called before it loads. */
export function quietSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** Whose credentials an endpoint wants: anybody's, so that none have to be found; those of the environment, if it has any; real ones. */
export type AsksWhom = 'nobody' | 'whoever is there' | 'somebody';

/** What listens on this machine may check, where the environment has something to check. */
export function whoIsAsked(endpoint: string): AsksWhom {
  return /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint) ? 'whoever is there' : 'somebody';
}

/** Nobody's credentials are to be found, and none are looked for: requests are signed by somebody who does not exist. */
export function signsAsAnybody(auth: AwsAuth, asks: AsksWhom): boolean {
  const given = process.env['AWS_ACCESS_KEY_ID'] !== undefined || process.env['AWS_PROFILE'] !== undefined;
  return auth === null && (asks === 'nobody' || (asks === 'whoever is there' && !given));
}

/**
 * The credentials of a client of the SDK, as its options: none where the SDK finds them by itself (environment, profile, container,
 * instance).
 */
export async function awsSigner(
  auth: AwsAuth,
  region: string,
  asks: AsksWhom,
): Promise<Pick<KinesisClientConfig, 'credentials'>> {
  if (auth === null) return signsAsAnybody(auth, asks) ? { credentials: ANYBODY } : {};
  const { fromCognitoIdentityPool, fromIni, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  if (auth.kind === 'cognito') {
    const clientConfig = { region: auth.pool.split(':')[0] ?? region };
    return { credentials: fromCognitoIdentityPool({ identityPoolId: auth.pool, clientConfig }) };
  }
  const own = auth.profile === null ? undefined : fromIni({ profile: auth.profile });
  if (auth.role === null) return own === undefined ? {} : { credentials: own };
  return {
    credentials: fromTemporaryCredentials({
      params: { RoleArn: auth.role, RoleSessionName: 'iotload' },
      clientConfig: { region },
      ...(own === undefined ? {} : { masterCredentials: own }),
    }),
  };
}
