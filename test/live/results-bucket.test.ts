import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { inScratch } from '../e2e/in-scratch.ts';
import { start } from '../e2e/iotload.ts';
import { startMosquitto } from './mosquitto.ts';
import { startMoto } from './moto/moto-server.ts';

/*
 * Shards that share nothing but a bucket, as pods have it: each copies its results there, and a merge that was there first waits for them.
 */

const space = inScratch();
const BUCKET = 'lake';
const ALL = 3000;
let moto: Awaited<ReturnType<typeof startMoto>>;
let mosquitto: Awaited<ReturnType<typeof startMosquitto>>;
let client: s3.S3Client;
let env: Record<string, string>;

beforeAll(async () => {
  [moto, mosquitto] = await Promise.all([startMoto(), startMosquitto()]);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  client = new s3.S3Client({ region: 'us-east-1', endpoint: moto.endpoint, forcePathStyle: true, credentials });
  await client.send(new s3.CreateBucketCommand({ Bucket: BUCKET }));
  env = { AWS_ENDPOINT_URL_S3: moto.endpoint };
});
afterAll(async () => {
  client.destroy();
  await Promise.all([moto.stop(), mosquitto.stop()]);
});

function scenario(): string {
  return space.scenario(`iotload: 1
run: { duration: 3s }
fleets: { phones: { model: phone-motion, devices: 40, rate: 1k/s, payload: raw } }
target: { protocol: mqtt, endpoint: "mqtt://127.0.0.1:${mosquitto.port}", qos: 1, connections: 2 }
verify: { expect: at-least-once, order: per_device, grace: 10s }
outputs: { formats: [junit] }
`);
}

async function keys(folder: string): Promise<string[]> {
  const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket: BUCKET, Prefix: folder }));
  return (Contents ?? []).map(({ Key }) => (Key as string).slice(folder.length));
}

it('two shards and their merge have nothing in common but a bucket', async () => {
  const clock = systemClock();
  const file = scenario();
  const place = `s3://${BUCKET}/runs/42`;
  const merge = start(
    ['merge', `${place}/shards`, '--out', space.path('merged'), '--wait', '60s', '--upload', `${place}/merged`],
    env,
  );
  const at = new Date(Math.ceil(clock.wallUs() / 1e6 + 8) * 1000).toISOString();
  const shards = [0, 1].map((shard) => {
    const to = ['--out', space.path(`shard-${shard}`), '--upload', `${place}/shards/${shard}/pod-${shard}`];
    const which = ['--shard', `${shard}/2`, '--run-id', 'r42', '--start-at', at];
    return start(['run', file, ...which, ...to, '--workers', '1', '--progress', 'plain'], env);
  });
  for (const { finished } of shards) {
    const { code, stderr } = await finished;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/copying the results to s3:.*\n.*copied \d+ files, /)]);
  }
  const { code, stdout, stderr } = await merge.finished;
  expect([code, stderr]).toEqual([0, expect.stringContaining(`copied`)]);
  expect(stdout).toContain('PASS');
  const summary = JSON.parse(readFileSync(space.path('merged/summary.json'), 'utf8'));
  expect(summary).toMatchObject({
    verdict: 'pass',
    events: { intended: ALL, acked: ALL },
    delivery: { verified: ALL, lost: 0, missing: 0, duplicates: 0 },
  });
  const merged = await keys('runs/42/merged/');
  expect(merged).toEqual(expect.arrayContaining(['plan.json', 'sent', 'seen', 'summary.json', 'junit.xml']));
  expect(merged).not.toContain('owner');
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('iotload-shards-'))).toEqual([]);
});

it('says before anything is sent that there is no such bucket', async () => {
  const { code, stderr, stdout } = await start(
    ['run', scenario(), '--out', space.path('out'), '--upload', 's3://no-such-lake/runs', '--progress', 'none'],
    env,
  ).finished;
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toMatch(/there is no bucket no-such-lake at 127\.0\.0\.1:\d+/);
  expect(readdirSync(space.dir)).toEqual(['case.yaml']);
});

it('names the shards that are not in the bucket', async () => {
  const { code, stderr } = await start(['merge', `s3://${BUCKET}/nothing`, '--out', space.path('merged')], env)
    .finished;
  expect(code).toBe(2);
  expect(stderr).toContain('holds no run');
});
