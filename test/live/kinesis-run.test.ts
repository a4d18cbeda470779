import { writeFileSync } from 'node:fs';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KinesisServer, startKinesisServer } from '../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../src/core/clock.ts';
import { iotload, scratch, start, summaryOf } from '../e2e/iotload.ts';

let space: ReturnType<typeof scratch>;
let server: KinesisServer;
let client: KinesisClient;

beforeEach(async () => {
  space = scratch();
  server = await startKinesisServer({ port: 0, clock: systemClock() });
  client = new KinesisClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler(),
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
  space.remove();
});

function sensors(rate: string, duration: string, target: string): string {
  const file = space.path('sensors.yaml');
  writeFileSync(
    file,
    `iotload: 1
run: { duration: ${duration}, drain: 60s }
fleets: { sensors: { model: environment-sensor, devices: 300, rate: ${rate}, payload: kinesis-poc-traced } }
target: { protocol: kinesis, endpoint: "http://127.0.0.1:${server.port}", stream: s, ${target} }
`,
  );
  return file;
}

async function makeStream(shards: number): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: shards }));
  await active();
}

async function active(): Promise<void> {
  const look = () => client.send(new DescribeStreamSummaryCommand({ StreamName: 's' }));
  while ((await look()).StreamDescriptionSummary?.StreamStatus !== 'ACTIVE');
}

/** Cuts the part of the first shard in two. */
async function split(): Promise<void> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 's' }));
  const [{ ShardId, HashKeyRange } = {}] = Shards;
  const [from, to] = [BigInt(HashKeyRange?.StartingHashKey ?? 0), BigInt(HashKeyRange?.EndingHashKey ?? 0)];
  const NewStartingHashKey = `${(from + to) / 2n}`;
  await client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: ShardId, NewStartingHashKey }));
}

describe('iotload run on Kinesis', () => {
  it.each(['aggregate: true', 'hash_key: even', 'aggregate: 2KiB, batch: 64KiB'])(
    'a split in mid-run of one of three shards loses and doubles nothing: %s',
    async (how) => {
      await makeStream(3);
      const out = space.path('out');
      const running = start(['run', sensors('2k/s', '6s', how), '--out', out, '--progress', 'plain']);
      await running.said(/measuring [1-9]/);
      await split();
      const { code, stdout } = await running.finished;
      expect(stdout).toContain('PASS');
      expect(code).toBe(0);
      await active();
      const { Shards } = await client.send(new ListShardsCommand({ StreamName: 's' }));
      expect(Shards).toHaveLength(5);
      const { events, delivery } = summaryOf(out);
      expect(events).toMatchObject({ intended: 12_000, acked: 12_000 });
      expect(delivery).toMatchObject({ verified: 12_000, lost: 0, missing: 0, duplicates: 0, corrupt: 0 });
    },
  );

  it('three times what a shard takes is its limit, and no loss', async () => {
    await makeStream(1);
    const out = space.path('out');
    const { code, stdout } = await iotload([
      ...['run', sensors('3k/s', '12s', 'create: { shards: 1 }'), '--out', out, '--progress', 'none'],
    ]);
    expect(code).toBe(0);
    const { events, delivery, reasons, errors } = summaryOf(out);
    expect(events).toMatchObject({ intended: 36_000, acked: 36_000, rejected: 0, unknown: 0 });
    expect(events.attempts).toBeLessThan(72_000);
    expect(delivery).toMatchObject({ verified: 36_000, lost: 0, missing: 0, duplicates: 0, reordered: 0 });
    expect(reasons).toEqual([
      expect.stringMatching(
        /^the limit was target: no room at shardId-000000000000 [\d,]+ times; this load needs 5 shards at the peak/,
      ),
    ]);
    expect(stdout).toContain('needs 5 shards');
    expect(errors).toContainEqual(
      expect.objectContaining({ code: 'target/throttled', message: 'shardId-000000000000' }),
    );
  });

  it('what is left of it when the time is over is rejected or not sent, never lost or unknown', async () => {
    await makeStream(1);
    const out = space.path('out');
    const { code } = await iotload([
      ...['run', sensors('3k/s', '6s', 'create: { shards: 1 }'), '--set', 'run.drain=2s', '--out', out],
      ...['--progress', 'none'],
    ]);
    const { events, delivery } = summaryOf(out);
    expect(events).toMatchObject({ intended: 18_000, unknown: 0 });
    expect(events.rejected + events.notSent).toBeGreaterThan(5000);
    expect(delivery).toMatchObject({ verified: events.acked, lost: 0, missing: 0, phantom: 0 });
    expect(code).toBe(0);
  });
});
