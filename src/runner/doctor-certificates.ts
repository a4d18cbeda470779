import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { Ask } from './doctor.ts';
import { hostAndPort, opened, PATIENCE_S } from './doctor-reach.ts';

/** So long before its end a certificate is worth a word. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Asks whether the certificate files of a `tls` block can be read and are still good; false where one is not. */
export async function checkCertificates(tls: unknown, ask: Ask, nowMs: number): Promise<boolean> {
  if (typeof tls !== 'object' || tls === null) return true;
  let good = true;
  for (const [key, file] of Object.entries(tls as Record<string, unknown>)) {
    if (typeof file !== 'string' || !['ca', 'cert', 'key'].includes(key)) continue;
    good = (await ask(`tls.${key}`, () => checkFile(key, file, nowMs))) && good;
  }
  return good;
}

async function checkFile(key: string, file: string, nowMs: number): Promise<string> {
  let pem: Buffer;
  try {
    pem = await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unreadable', `${file} cannot be read (${code})`, {
      where: `target.tls.${key}`,
      hint: 'paths start at the folder of the scenario',
      cause,
    });
  }
  if (key === 'key') return `${file} can be read`;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new IotloadError('file-unreadable', `${file} holds no certificate`, {
      where: `target.tls.${key}`,
      hint: 'a PEM file begins with -----BEGIN CERTIFICATE-----',
      cause,
    });
  }
  return `${file}, ${validity(Date.parse(certificate.validTo), nowMs)}`;
}

/**
 * Looks at the certificate that a server shows, whoever signed it; the login then says whether it is trusted.
 * @throws IotloadError `target-refused` where it is over, `target-unreachable` where none is shown
 */
export async function checkServerCertificate(host: string, clock: Clock): Promise<string> {
  const { name, port } = hostAndPort(host, true);
  const socket = connect({
    host: name,
    port,
    servername: /[a-z]/i.test(name) ? name : '',
    rejectUnauthorized: false,
  });
  await opened(socket, 'secureConnect', clock, (error) => {
    const reason = error === null ? `nothing within ${PATIENCE_S} s` : error.message;
    return new IotloadError('target-unreachable', `no TLS there: ${reason}`, { hint: 'does this port speak TLS?' });
  });
  const { valid_to: until, subject } = socket.getPeerCertificate();
  socket.destroy();
  return `${String(subject?.CN ?? name)}, ${validity(Date.parse(until), clock.wallUs() / 1000)}`;
}

function validity(untilMs: number, nowMs: number): string {
  const until = new Date(untilMs).toISOString().slice(0, 10);
  const days = Math.floor((untilMs - nowMs) / DAY_MS);
  if (days < 0) {
    throw new IotloadError('target-refused', `its certificate ended on ${until}`, { hint: 'renew the certificate' });
  }
  return `valid until ${until}${days <= SOON_DAYS ? `: only ${days} days left` : ''}`;
}
