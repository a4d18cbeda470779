import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KinesisServer, startKinesisServer } from '../../src/brokers/kinesis/server.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';
import { inScratch } from './in-scratch.ts';
import { type Finished, start, summaryOf } from './iotload.ts';

const owner = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the-right-one' };
const late = { accessKeyId: 'ASIALATE', secretAccessKey: 'one-of-yesterday', sessionToken: 'token', expired: true };

/** A clock that shows another time of day. */
function apart(us: number): Clock {
  const clock = systemClock();
  return {
    nowUs: () => clock.nowUs(),
    wallUs: () => clock.wallUs() + us,
    after: (ms, task) => clock.after(ms, task),
    every: (ms, task) => clock.every(ms, task),
    soon: (task) => clock.soon(task),
  };
}

/** Endpoints that look at signatures; those with another time in other places. */
const servers: Record<string, KinesisServer> = {};
let nobody = 0;
beforeAll(async () => {
  const credentials = [owner, late];
  const clocks = { right: apart(0), ahead: apart(600_000_000), behind: apart(-600_000_000) };
  for (const [name, clock] of Object.entries(clocks))
    servers[name] = await startKinesisServer({ port: 0, clock, credentials, limits: false });
  nobody = await deadPort();
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

const space = inScratch();

interface Given {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | null;
  at?: string;
  /** Of the block of the target. */
  more?: string;
  fleets?: string;
}

/** Runs against an endpoint, with nothing in the environment but what is given. */
function run({
  credentials = owner,
  at = 'right',
  more = 'create: { shards: 1 }',
  fleets = '',
}: Given): Promise<Finished> {
  const port = servers[at]?.port ?? nobody;
  const file = space.scenario(`iotload: 1
run: { warm_up: 0s, duration: 1s, drain: 3s }
fleets:
  phones: { model: phone-motion, devices: 5, rate: 50/s, payload: seismograph-traced }
  ${fleets}
target: { protocol: kinesis, endpoint: "http://127.0.0.1:${port}", stream: s, ${more} }
`);
  const env: Record<string, string> = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: space.path('none'),
    AWS_SHARED_CREDENTIALS_FILE: space.path('none'),
  };
  if (credentials !== null) {
    env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
    env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
    if (credentials.sessionToken !== undefined) env['AWS_SESSION_TOKEN'] = credentials.sessionToken;
  }
  return start(['run', file, '--out', space.path('out'), '--workers', '1', '--progress', 'none'], env, space.dir)
    .finished;
}

const hint = {
  belong: 'Check the credentials: access key, secret and session token belong together.',
  set: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write auth: { kind: aws, profile: … }.',
  clock: 'Set the clock of this machine: signatures that are more than five minutes off are refused.',
};
const refused = (what: string, where = 'target.endpoint', got = 'HOST'): string =>
  `${where}: HOST refused stream s: ${what} (got "${got}")`;
const unsigned = 'there are no credentials to sign requests to HOST with';

const cases: [string, Given, string, string][] = [
  [
    'another secret',
    { credentials: { ...owner, secretAccessKey: 'wrong-one' } },
    refused('bad signature'),
    hint.belong,
  ],
  [
    'an access key that nobody has',
    { credentials: { ...owner, accessKeyId: 'AKIDOTHER' } },
    refused('unknown access key'),
    hint.belong,
  ],
  [
    'a token that belongs to nobody',
    { credentials: { ...owner, sessionToken: 'stray' } },
    refused('unknown access key'),
    hint.belong,
  ],
  ['no credentials', { credentials: null }, refused('unknown access key'), `None were found to sign with. ${hint.set}`],
  [
    'no credentials where AWS’s are asked for',
    { credentials: null, more: 'auth: { kind: aws }' },
    `target.auth: ${unsigned}`,
    hint.set,
  ],
  [
    'a profile that does not exist',
    { more: 'auth: { kind: aws, profile: nobody }' },
    `target.auth.profile: ${unsigned} (got "nobody")`,
    'Does ~/.aws/credentials or ~/.aws/config have that profile?',
  ],
  [
    'an expired token',
    { credentials: late },
    refused('expired token'),
    'Sign in again: the session of these credentials is over.',
  ],
  [
    'a stream that nobody made',
    { more: 'create: null' },
    'target.stream: there is no stream s at HOST (got "s")',
    'Write create: { shards: 1 } to have it made, or check the region (us-east-1).',
  ],
  [
    'another region',
    { more: 'region: eu-west-1' },
    refused('wrong region', 'target.region', 'eu-west-1'),
    'Write the region of the endpoint as region.',
  ],
  ['a clock that is ten minutes late', { at: 'ahead' }, refused('clock skew'), hint.clock],
  ['a clock that is ten minutes early', { at: 'behind' }, refused('clock skew'), hint.clock],
  [
    'an endpoint that is down',
    { at: 'nowhere' },
    'target.endpoint: cannot reach stream s at HOST: connection refused (got "HOST")',
    'Does anything listen there?',
  ],
];

it.each(cases)('%s: one sentence, what to do, exit 4', async (_, given, sentence, what) => {
  const { code, stderr, stdout } = await run(given);
  const host = `127.0.0.1:${servers[given.at ?? 'right']?.port ?? nobody}`;
  expect(stderr.trim().split('\n')).toEqual([`error: ${sentence.replaceAll('HOST', host)}`, `  hint: ${what}`]);
  expect(stdout).toBe('');
  expect(code).toBe(4);
  // Whatever was written, no secret is in it.
  const { secretAccessKey, sessionToken } = { sessionToken: '', ...owner, ...given.credentials };
  for (const name of readdirSync(space.dir, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())) {
    const text = readFileSync(`${name.parentPath}/${name.name}`, 'latin1');
    expect(text).not.toContain(secretAccessKey);
    if (sessionToken.length > 5) expect(text).not.toContain(sessionToken);
  }
});

it('a record that the service would not take is rejected in the run, and only that', async () => {
  // Payloads have 64 KiB at most, a sixteenth of what a record may have: what can be too long is a key.
  const key = `<device>-${'k'.repeat(256)}`;
  const fleets = `long: { model: phone-motion, devices: 5, rate: 50/s, payload: seismograph-traced, key: "${key}" }`;
  const { code, stdout } = await run({ more: 'create: { shards: 1 }, auth: { kind: aws }', fleets });
  expect(code).toBe(0);
  expect(stdout).toContain('50 × key too long');
  const { events, delivery } = summaryOf(space.path('out'));
  expect(events).toMatchObject({ sent: 100, acked: 50, rejected: 50, unknown: 0 });
  expect(delivery).toMatchObject({ verified: 50, lost: 0, phantom: 0 });
});
