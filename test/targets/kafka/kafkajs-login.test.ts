import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openSocket } from '../../../src/targets/kafka/broker-socket.ts';
import { loadKafkaJs } from '../../../src/targets/kafka/kafkajs-internals.ts';
import { type Login, logIn } from '../../../src/targets/kafka/kafkajs-login.ts';
import type { SocketFailure } from '../../../src/targets/socket-failure.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { until } from '../../until.ts';
import { type LoginRules, loginBroker } from './login-broker.ts';

const plain: Login = { kind: 'plain', username: 'me', password: 'hunter2' };
const token: Login = { kind: 'oauthbearer', token: 'hunter2' };

/** Logs in at a broker with these rules, on a socket of its own. */
async function attempt(rules: LoginRules, login: Login | null, clock = systemClock(), timeoutMs = 5_000) {
  const { port, sockets } = await loginBroker(rules);
  const address = { host: '127.0.0.1', port };
  const plainText = { tls: null, timeoutMs: 5_000, readBuffer: new Uint8Array(4096) };
  const opened = await openSocket({ clock: systemClock(), ...plainText }, address);
  onTestFinished(() => opened.destroy());
  const result = logIn({ kafkajs: loadKafkaJs(), clock, clientId: 'c', login, timeoutMs }, opened, address);
  result.catch(() => {});
  return { result, opened, sockets };
}

async function failure(rules: LoginRules, login: Login | null): Promise<SocketFailure> {
  const { result, opened } = await attempt(rules, login);
  const failed = await result.then(
    () => expect.unreachable('logged in'),
    (reason: SocketFailure) => reason,
  );
  expect(opened.socket.destroyed).toBe(true);
  const { cause: _, ...told } = failed;
  expect(JSON.stringify(told)).not.toContain('hunter2');
  return failed;
}

it('asks for versions, and logs nobody in where there is no login', async () => {
  const { result, opened } = await attempt({}, null);
  const { versions, replaceByUs } = await result;
  expect(versions).toMatchObject({ 22: { minVersion: 0, maxVersion: 1 } });
  expect([replaceByUs, opened.socket.destroyed]).toEqual([null, false]);
});

it('logs in, and is to come back before the login ends', async () => {
  const said: string[] = [];
  const judge: LoginRules['judge'] = (bytes) => {
    said.push(Buffer.from(bytes).toString());
    return {};
  };
  const clock = new VirtualClock();
  const { result } = await attempt({ mechanisms: ['PLAIN'], lifetimeMs: 10_000, judge }, plain, clock);
  let over = false;
  void result.finally(() => {
    over = true;
  });
  await until(() => {
    clock.advanceTo(clock.nowUs());
    return over;
  });
  expect(said).toEqual(['\0me\0hunter2']);
  // 85 % of its time.
  expect((await result).replaceByUs).toBe(clock.nowUs() + 8_500_000);
  const ran = clock.ran;
  clock.advanceTo(clock.nowUs() + 600_000_000);
  expect(clock.ran).toBe(ran);
});

it('takes a challenge in answer to a token for what it is, a refusal', async () => {
  expect(await failure({ mechanisms: ['OAUTHBEARER'], judge: () => ({ challenge: '{}' }) }, token)).toMatchObject({
    code: 'target-refused',
    reason: 'login failed: the token was not accepted',
  });
});

it.each<[string, LoginRules, Login | null, Partial<SocketFailure>]>([
  [
    'whose it is, in the broker’s words',
    { mechanisms: ['PLAIN'], judge: () => ({ error: 'no\u0007: hunter2 is wrong' }) },
    plain,
    {
      reason: 'login of me failed: no : *** is wrong',
      hint: 'Check auth.kind, auth.username and auth.password of the target.',
    },
  ],
  [
    'the kind that is not taken',
    { mechanisms: ['GSSAPI'] },
    { ...plain, kind: 'scram-sha-512' },
    { reason: 'scram-sha-512 is not taken by this listener' },
  ],
  ['that none is taken', {}, plain, { reason: 'this listener takes no login' }],
])('says %s', async (_, rules, login, told) => {
  expect(await failure(rules, login)).toMatchObject({ code: 'target-refused', ...told });
});

it('shortens what a broker says', async () => {
  const { reason } = await failure({ mechanisms: ['PLAIN'], judge: () => ({ error: 'x'.repeat(5_000) }) }, plain);
  expect(reason.length).toBeLessThan(250);
});

it.each([
  [null, 'tls: true, and auth'],
  [plain, 'take logins and no TLS'],
])('says why a broker may hang up on the first request', async (login, hint) => {
  const { result, sockets } = await attempt({ silent: true, mechanisms: ['PLAIN'] }, login);
  await until(() => [...sockets].some((socket) => socket.bytesRead > 0));
  for (const socket of sockets) socket.end();
  await expect(result).rejects.toMatchObject({
    code: 'target-unreachable',
    reason: 'connection closed by the broker',
    hint: expect.stringContaining(hint),
  });
});

it('knows the answer of TLS to plain text', async () => {
  const { result, sockets } = await attempt({ silent: true }, null);
  await until(() => sockets.size > 0);
  for (const socket of sockets) socket.write(Buffer.from([21, 3, 3, 0, 2, 2, 70]));
  await expect(result).rejects.toMatchObject({ code: 'target-refused', reason: 'this port speaks TLS' });
});

it('waits so long and no longer', async () => {
  const clock = new VirtualClock();
  const { result, sockets } = await attempt({ silent: true }, null, clock, 4_000);
  await until(() => {
    clock.advanceTo(clock.nowUs());
    return [...sockets].some((socket) => socket.bytesRead > 0);
  });
  clock.advanceTo(clock.nowUs() + 4_000_000);
  await expect(result).rejects.toMatchObject({
    code: 'target-unreachable',
    reason: 'no answer to the first request within 4 s',
  });
});
