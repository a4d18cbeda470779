import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { IotloadError } from '../core/errors.ts';

/** A TLS context that connections share, and the authorities that it trusts, for contexts of single devices. */
export interface TlsMaterial {
  shared: SecureContext;
  /** undefined: the system's. */
  ca: Buffer | undefined;
}

/** Files of a target's `tls` block. */
export interface TlsFiles {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/**
 * Reads the certificate files once, into a context that all connections share.
 * @throws IotloadError `file-unreadable`
 */
export async function loadTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([read('ca', files.ca), read('cert', files.cert), read('key', files.key)]);
  try {
    const shared = createSecureContext({
      ...(ca === null ? {} : { ca }),
      ...(cert === null ? {} : { cert }),
      ...(key === null ? {} : { key }),
    });
    return { shared, ca: ca ?? undefined };
  } catch (cause) {
    throw new IotloadError('file-unreadable', `the certificate files cannot be used: ${(cause as Error).message}`, {
      where: 'target.tls',
      value: [files.ca, files.cert, files.key].filter((file) => file !== undefined).join(', '),
      hint: 'PEM files are expected, and key must belong to cert.',
      cause,
    });
  }
}

async function read(name: string, file: string | undefined): Promise<Buffer | null> {
  if (file === undefined) return null;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new IotloadError('file-unreadable', `tls.${name}: ${(cause as Error).message}`, {
      where: `target.tls.${name}`,
      value: file,
      cause,
    });
  }
}
