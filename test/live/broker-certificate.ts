import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** One more certificate for 127.0.0.1 of the authority `ca.pem` and `ca.key` in `dir`, valid for that many days; below zero it has expired. */
export function makeBrokerCertificate(dir: string, name: string, days: number): { cert: string; key: string } {
  const file = (ending: string): string => join(dir, `${name}.${ending}`);
  const run = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  writeFileSync(file('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  run('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', file('key'), '-out', file('csr'));
  const authority = ['-CA', join(dir, 'ca.pem'), '-CAkey', join(dir, 'ca.key'), '-CAcreateserial'];
  run(
    'x509',
    '-req',
    '-in',
    file('csr'),
    ...authority,
    '-days',
    `${days}`,
    '-extfile',
    file('ext'),
    '-out',
    file('pem'),
  );
  return { cert: file('pem'), key: file('key') };
}
