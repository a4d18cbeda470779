import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KinesisServer, startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { openClient } from '../../../src/targets/kinesis/client.ts';
import { optionsSchema } from '../../../src/targets/kinesis/options.ts';
import { plainBodies } from '../../../src/targets/kinesis/plain-bodies.ts';
import { passesRawBodies } from '../../../src/targets/kinesis/raw-bodies.ts';
import { PutRecordsAnswer } from '../../../src/wire/kinesis/put-records-answer.ts';
import { PutRecordsBody } from '../../../src/wire/kinesis/put-records-body.ts';

describe('requests by the public calls of the SDK alone', () => {
  let server: KinesisServer;
  let client: KinesisClient;

  beforeEach(async () => {
    server = await startKinesisServer({ port: 0, clock: systemClock(), limits: false });
    client = new KinesisClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${server.port}`,
      maxAttempts: 1,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      requestHandler: new NodeHttpHandler(),
    });
  });

  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  it('store and read the same bytes, and say so', async () => {
    const options = optionsSchema.parse({ endpoint: `http://127.0.0.1:${server.port}`, create: { shards: 1 } });
    const calls = await openClient(options, { stream: 's', connections: 1 });
    expect(calls.note).toBeNull();
    await calls.create(1);
    while ((await calls.describe())?.status !== 'ACTIVE');
    const plain = plainBodies(client);
    expect(plain.note).toMatch(/made twice/);
    expect(await plain.takesCbor({}, new Uint8Array())).toBe(false);
    const body = new PutRecordsBody({ name: 's' }, 'json');
    const bytes = Buffer.from('key\u0000data"\\\xff');
    body.add(bytes, 3, bytes.length, bytes, 0, 3, null);
    const answer = new PutRecordsAnswer();
    const command = new PutRecordsCommand({ StreamName: 's', Records: [] });
    expect(answer.read(await plain.send(command, { bytes: body.finish(), form: 'json' }), 1)).toBe(true);
    expect(answer.failed).toBe(0);
    const iterator = await calls.iterator('shardId-000000000000', { at: 'start' });
    const { GetRecordsCommand } = await import('@aws-sdk/client-kinesis');
    const read = async (raw: Uint8Array): Promise<unknown> => {
      const { Records } = JSON.parse(Buffer.from(raw).toString()) as { Records: object[] };
      return Records;
    };
    const ours = await read(await calls.getRecords(iterator, 10));
    expect(await read(await plain.send(new GetRecordsCommand({ ShardIterator: iterator }), null))).toEqual(ours);
    expect(ours).toMatchObject([{ PartitionKey: 'key', Data: bytes.subarray(3).toString('base64') }]);
    calls.close();
  });

  it('are what is left where the SDK has not what fast ones need', () => {
    const command = new PutRecordsCommand({ StreamName: 's', Records: [] });
    expect(passesRawBodies(client, command)).toBe(true);
    client.middlewareStack.remove('httpSigningMiddleware');
    expect(passesRawBodies(client, command)).toBe(false);
  });
});
