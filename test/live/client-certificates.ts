import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Certificates of clients, signed by the authority `ca.pem` and `ca.key` in `dir`; returns the files of each name. */
export function makeClientCertificates(dir: string, names: readonly string[]): { cert: string; key: string }[] {
  const file = (name: string): string => join(dir, name);
  const run = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  return names.map((name) => {
    const [cert, key, request] = [file(`${name}.pem`), file(`${name}.key`), file(`${name}.csr`)];
    run(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      request,
    );
    run(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-out',
      cert,
    );
    return { cert, key };
  });
}

/** A file of device credentials in `dir`; returns its path. */
export function writeCredentials(dir: string, rows: readonly string[]): string {
  const path = join(dir, 'devices.csv');
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}
