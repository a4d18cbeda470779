import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { IotloadError } from '../../core/errors.ts';

/**
 * A TLS context with the certificate of one device. Made for every attempt to connect and forgotten after it: a context for each of
 * thousands of devices would take more memory than their connections.
 * @throws IotloadError `file-unreadable` that names the device
 */
export function deviceContext(
  ca: string | Buffer | undefined,
  cert: string,
  key: string,
  deviceId: string,
): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      cert: readFileSync(cert),
      key: readFileSync(key),
    });
  } catch (cause) {
    throw new IotloadError('file-unreadable', `the certificate of device ${deviceId}: ${(cause as Error).message}`, {
      where: 'target.auth.devices',
      value: `${cert}, ${key}`,
      hint: 'PEM files are expected; their paths start at the folder of the credentials file, and key must belong to cert.',
      cause,
    });
  }
}
