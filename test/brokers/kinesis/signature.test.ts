import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { expect, it, onTestFinished } from 'vitest';
import { startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { errorOf, sdkClient } from './kinesis-world.ts';

const owner = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const guest = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const late = { ...guest, accessKeyId: 'ASIALATE', expired: true };

async function guarded() {
  const server = await startKinesisServer({ port: 0, clock: systemClock(), credentials: [owner, guest, late] });
  onTestFinished(() => server.close());
  return (config: object) => sdkClient(server.port, config).send(new ListStreamsCommand({}));
}

it.each([
  ['its owner', { credentials: owner }, 'none'],
  ['one with a token', { credentials: guest }, 'none'],
  ['nobody it knows', { credentials: { ...owner, accessKeyId: 'AKIDOTHER' } }, 'UnrecognizedClientException'],
  ['one whose token is another', { credentials: { ...guest, sessionToken: 'x' } }, 'UnrecognizedClientException'],
  ['one whose secret is another', { credentials: { ...owner, secretAccessKey: 'x' } }, 'InvalidSignatureException'],
  ['one whose token has ended', { credentials: late }, 'ExpiredTokenException'],
  ['one of another region', { credentials: owner, region: 'eu-west-1' }, 'InvalidSignatureException'],
  ['one whose clock is late', { credentials: owner, systemClockOffset: -600_000 }, 'InvalidSignatureException'],
  ['one whose clock is early', { credentials: owner, systemClockOffset: 600_000 }, 'InvalidSignatureException'],
])('answers %s as the service does', async (_, config, name) => {
  expect(await errorOf((await guarded())(config))).toBe(name);
});

it('wants a signature', async () => {
  const server = await startKinesisServer({ port: 0, clock: systemClock(), credentials: [owner] });
  onTestFinished(() => server.close());
  for (const [headers, name] of [
    [{}, 'MissingAuthenticationTokenException'],
    [{ authorization: 'Bearer x' }, 'IncompleteSignatureException'],
  ] as const) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, {
      method: 'POST',
      headers: { ...headers },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ __type: name });
  }
});
