import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { prepare } from '../../src/targets/file/prepare.ts';
import { openSink } from '../../src/targets/file/sink.ts';
import { openSource } from '../../src/targets/file/source.ts';
import { SinkRecord, sendSlots, sinkContext, sinkContract, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../contracts/source.ts';
import { inScratch } from '../e2e/in-scratch.ts';
import { iotload, summaryOf } from '../e2e/iotload.ts';
import { phones } from '../e2e/scenario-text.ts';
import { withColumns } from '../targets/file/landed-fleets.ts';
import { startMoto } from './moto/moto-server.ts';

const space = inScratch();
const bucket = 'lake';
let moto: Awaited<ReturnType<typeof startMoto>>;
let client: s3.S3Client;
let folders = 0;

beforeAll(async () => {
  moto = await startMoto();
  const config: s3.S3ClientConfig = {
    region: 'us-east-1',
    endpoint: moto.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  client = new s3.S3Client(config);
  await client.send(new s3.CreateBucketCommand({ Bucket: bucket }));
});
afterAll(async () => {
  client.destroy();
  await moto.stop();
});

/** Options of files in a folder of the bucket that nobody else uses. */
function elsewhere(format: string, roll = { maxBytes: 200_000, everyUs: null as number | null }) {
  const path = `s3://${bucket}/landing-${folders++}/events`;
  return { path, format, roll, endpoint: moto.endpoint, region: 'us-east-1', timeoutUs: 30_000_000 };
}

async function keys(path: string): Promise<string[]> {
  const folder = path.slice(`s3://${bucket}/`.length, path.lastIndexOf('/') + 1);
  const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: folder }));
  return (Contents ?? []).map(({ Key }) => (Key as string).slice(folder.length));
}

for (const format of ['lines', 'parquet']) {
  sinkContract(`${format} that land in S3`, {
    outcome: Outcome.acked,
    address: '',
    async start() {
      const options = elsewhere(format);
      const known = <T extends { fleets: readonly ReturnType<typeof testFleet>[] }>(context: T): T => ({
        ...context,
        fleets: withColumns(context.fleets),
      });
      return {
        open: (context) => openSink(options, known(context)),
        openDead: (context) => openSink({ ...options, path: 's3://no-such-lake/x' }, known(context)),
        deadCode: 'target-refused',
        stop: async () => {},
      };
    },
  });

  sourceContract(`${format} that land in S3`, {
    address: '',
    complete: true,
    async start() {
      const options = elsewhere(format);
      return {
        openSink: (context) => openSink(options, { ...context, fleets: withColumns(context.fleets) }),
        openSource: (context) => openSource(options, { ...context, fleets: withColumns(context.fleets) }),
        stop: async () => {},
      };
    },
  });
}

describe('objects that land', () => {
  const fleet = testFleet(0, 8, '');

  it('are there when they are whole, not while their parts come in', async () => {
    const options = elsewhere('lines', { maxBytes: 64 * 1024 * 1024, everyUs: null });
    const record = new SinkRecord();
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 100_000);
    const parts = async (): Promise<number> => {
      const input = { Bucket: bucket };
      return (await client.send(new s3.ListMultipartUploadsCommand(input))).Uploads?.length ?? 0;
    };
    while ((await parts()) === 0) expect(await keys(options.path)).toEqual([]);
    expect(await keys(options.path)).toEqual([]);
    expect(record.outcomes.size).toBe(0);
    await sink.flush(30_000);
    expect(record.count(Outcome.acked)).toBe(100_000);
    expect(await parts()).toBe(0);
    expect(await keys(options.path)).toEqual(['events-r0000test-000001']);
    await sink.close();
    const arrived = new SourceRecord();
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(30_000)).toEqual({ complete: true });
    expect(arrived.arrivals).toHaveLength(100_000);
    await source.close();
  });

  it('of a run that goes on come behind those that it landed, and what it was cut off in is taken away', async () => {
    const options = elsewhere('lines');
    const land = async (from: number, resumes: boolean): Promise<void> => {
      const record = new SinkRecord();
      const sink = await openSink(options, { ...sinkContext(record, [fleet]), resumes });
      await sendSlots(sink, record, fleet, from, from + 10);
      await sink.close();
    };
    await land(0, false);
    const cutOff = `${options.path.slice(`s3://${bucket}/`.length)}-r0000test-000002`;
    await client.send(new s3.CreateMultipartUploadCommand({ Bucket: bucket, Key: cutOff }));
    await land(10, true);
    expect(await keys(options.path)).toEqual(['events-r0000test-000001', 'events-r0000test-000002']);
    expect((await client.send(new s3.ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);
    await expect(land(20, false)).rejects.toMatchObject({ code: 'file-unwritable' });
  });

  it('need a bucket, and somebody who listens', async () => {
    const context = { ...sinkContext(new SinkRecord(), []), lastsUs: 1, notice: () => {} };
    expect(await prepare(elsewhere('lines'), context)).toMatch(
      /^accepted; s3:\/\/lake\/landing-\d+\/ can be looked at$/,
    );
    await expect(prepare({ ...elsewhere('lines'), path: 's3://no-such-lake/x' }, context)).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('there is no bucket no-such-lake at 127.0.0.1:'),
    });
  });
});

describe('iotload with a bucket', () => {
  const scenario = (folder: string, format: string): string =>
    space.scenario(
      phones({
        duration: '3s',
        rate: '1000/s',
        target: `{ protocol: file, format: ${format}, path: s3://${bucket}/${folder}/, endpoint: "${moto.endpoint}", roll: { every: 1s } }`,
        more: 'verify: { grace: 2s }',
      }),
    );

  it('lands Parquet twice, verified, the second beside the first', async () => {
    const file = scenario('twice', 'parquet');
    const before: string[] = [];
    for (const run of ['one', 'two']) {
      const { code, stdout, stderr } = await iotload([
        'run',
        file,
        '--workers',
        '2',
        '--run-id',
        run,
        '--out',
        space.path(run),
      ]);
      expect(stderr + stdout).toContain('PASS');
      expect(code).toBe(0);
      expect(summaryOf(space.path(run)).delivery).toMatchObject({ verified: 3000, lost: 0, duplicates: 0, foreign: 0 });
      const now = await keys(`s3://${bucket}/twice/`);
      expect(now).toEqual(expect.arrayContaining(before));
      expect(now.filter((key) => !before.includes(key)).every((key) => key.startsWith(`events-${run}-`))).toBe(true);
      before.push(...now.filter((key) => !before.includes(key)));
    }
    expect(before.length).toBeGreaterThan(7);
  });

  it('misses exactly the events of an object that somebody took away', async () => {
    const file = scenario('gone', 'lines');
    const out = space.path('out');
    const run = await iotload(['run', file, '--run-id', 'r', '--no-verify', '--out', out]);
    expect(run.code).toBe(0);
    const [, second] = await keys(`s3://${bucket}/gone/`);
    const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: `gone/${second}` }));
    const taken = ((await Body?.transformToString()) ?? '').trimEnd().split('\n').length;
    expect(taken).toBeGreaterThan(100);
    await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: `gone/${second}` }));
    const later = await iotload(['verify', file, '--run-id', 'r', '--sent', out, '--out', space.path('again')]);
    expect(later.stderr + later.stdout).toContain(`${second} was taken away before it was read`);
    expect(summaryOf(out).delivery).toMatchObject({ verified: 3000 - taken, lost: 0, missing: taken });
  });

  it('is looked at by doctor, which writes there and reads', async () => {
    const { code, stdout } = await iotload(['doctor', scenario('doctor', 'lines')]);
    expect(stdout).toMatch(/read back/);
    expect(code).toBe(0);
  });
});
