import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCertificates, checkServerCertificate } from '../../src/runner/doctor-certificates.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const [cert, key] = [readFileSync(file('server.pem')), readFileSync(file('server.key'))];
const endMs = Date.parse(new X509Certificate(cert).validTo);
const end = new Date(endMs).toISOString().slice(0, 10);
const DAY_MS = 86_400_000;

/** A clock so many days before the certificate's end. */
function daysBefore(days: number): VirtualClock {
  return new VirtualClock((endMs - days * DAY_MS) * 1000 - new VirtualClock(0).wallUs());
}

let server: Server;
async function listen(started: Server): Promise<string> {
  server = started.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the certificate of a server', () => {
  let host: string;
  beforeEach(async () => {
    host = await listen(createTlsServer({ cert, key }, (socket) => socket.on('error', () => {})));
  });
  afterEach(() => void server.close());

  it.each([
    [100, `a.broker, valid until ${end}`],
    [15, `a.broker, valid until ${end}`],
    [14, `a.broker, valid until ${end}: only 14 days left`],
    [0, `a.broker, valid until ${end}: only 0 days left`],
  ])('is good %i days before its end', async (days, text) => {
    expect(await checkServerCertificate(host, daysBefore(days))).toBe(text);
  });

  it('is refused when it is over', async () => {
    await expect(checkServerCertificate(host, daysBefore(-0.01))).rejects.toMatchObject({
      code: 'target-refused',
      message: `its certificate ended on ${end}`,
      hint: 'renew the certificate',
    });
  });
});

describe('a port without TLS', () => {
  afterEach(() => void server.close());

  it('that says something else is told', async () => {
    const host = await listen(createServer((socket) => socket.on('error', () => {}).end('220 mail.example.com\r\n')));
    await expect(checkServerCertificate(host, new VirtualClock())).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringMatching(/^no TLS there: .*wrong version number/),
      hint: 'does this port speak TLS?',
    });
  });

  it('that says nothing is given up after five seconds, and hung up', async () => {
    const silent = createServer();
    const host = await listen(silent);
    const clock = new VirtualClock();
    const checked = checkServerCertificate(host, clock);
    const [socket] = await once(silent, 'connection');
    clock.advanceTo(clock.nowUs() + 5_000_000);
    await expect(checked).rejects.toMatchObject({
      code: 'target-unreachable',
      message: 'no TLS there: nothing within 5 s',
    });
    await once(socket.resume(), 'close');
  });
});

describe('the files of a tls block', () => {
  async function answers(tls: unknown, clock: VirtualClock): Promise<[good: boolean, told: string[]]> {
    const told: string[] = [];
    const good = await checkCertificates(
      tls,
      async (check, answer) => {
        try {
          told.push(`${check}: ${await answer()}`);
          return true;
        } catch (error) {
          told.push(`${check}! ${(error as Error).message}`);
          return false;
        }
      },
      clock.wallUs() / 1000,
    );
    return [good, told];
  }
  const [pem, secret] = [file('server.pem'), file('server.key')];

  it('are looked at one after the other, other options not', async () => {
    const tls = { ca: pem, cert: pem, key: secret, passphrase: 'x', alpn: null };
    expect(await answers(tls, daysBefore(3))).toEqual([
      true,
      [
        `tls.ca: ${pem}, valid until ${end}: only 3 days left`,
        `tls.cert: ${pem}, valid until ${end}: only 3 days left`,
        `tls.key: ${secret} can be read`,
      ],
    ]);
  });

  it('are all told, also behind a bad one', async () => {
    const gone = file('gone.pem');
    expect(await answers({ ca: gone, cert: secret, key: secret }, daysBefore(3))).toEqual([
      false,
      [
        `tls.ca! ${gone} cannot be read (ENOENT)`,
        `tls.cert! ${secret} holds no certificate`,
        `tls.key: ${secret} can be read`,
      ],
    ]);
    expect(await answers({ ca: pem }, daysBefore(-1))).toEqual([false, [`tls.ca! its certificate ended on ${end}`]]);
  });

  it.each([[null], [undefined], [true], [{}]])('are none in %j', async (tls) => {
    expect(await answers(tls, new VirtualClock())).toEqual([true, []]);
  });
});
