import { request } from 'node:http';
import { connect } from 'node:net';
import { decode, encode } from 'cborg';
import { expect, it } from 'vitest';
import { kinesisWorld } from './kinesis-world.ts';

interface Reply {
  status: number;
  body: string;
}

function send(port: number, { method = 'POST', target = '', body = '' as string | Buffer }): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
    const call = request({ host: '127.0.0.1', port, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

it.each([
  ['another method', { method: 'GET' }, 'UnknownOperationException'],
  ['no operation', {}, 'UnknownOperationException'],
  ['an unknown operation', { target: 'Kinesis_20131202.SubscribeToShard', body: '{}' }, 'UnknownOperationException'],
  ['another service', { target: 'DynamoDB_20120810.ListTables', body: '{}' }, 'UnknownOperationException'],
  ['no JSON', { target: 'Kinesis_20131202.ListShards', body: '{' }, 'SerializationException'],
  [
    'a stream of another type',
    { target: 'Kinesis_20131202.ListShards', body: '{"StreamName":1}' },
    'SerializationException',
  ],
  ['no stream', { target: 'Kinesis_20131202.ListShards', body: '{}' }, 'InvalidArgumentException'],
  [
    'a name that is none',
    { target: 'Kinesis_20131202.CreateStream', body: '{"StreamName":"ä","ShardCount":1}' },
    'ValidationException',
  ],
  [
    'no shards',
    { target: 'Kinesis_20131202.CreateStream', body: '{"StreamName":"a","ShardCount":0}' },
    'ValidationException',
  ],
  [
    'too many shards',
    { target: 'Kinesis_20131202.CreateStream', body: '{"StreamName":"a","ShardCount":20001}' },
    'LimitExceededException',
  ],
  [
    'a hash key that is none',
    {
      target: 'Kinesis_20131202.PutRecord',
      body: `{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"${2n ** 128n}"}`,
    },
    'InvalidArgumentException',
  ],
  [
    'more than any request has',
    { target: 'Kinesis_20131202.PutRecords', body: Buffer.alloc(17 * 1024 * 1024, 0x20) },
    'SerializationException',
  ],
])('answers %s with an error of the API', async (_, call, name) => {
  const { server } = await kinesisWorld();
  const { status, body } = await send(server.port, call);
  expect(status).toBe(400);
  expect(JSON.parse(body).__type).toBe(name);
});

it('answers in the form in which it was asked, errors too', async () => {
  const { server, put } = await kinesisWorld();
  await put([{ key: 'k', value: 'v' }]);
  const ask = async (operation: string, request: object) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-cbor-1.1', 'x-amz-target': `Kinesis_20131202.${operation}` },
      body: Buffer.from(encode(request)),
    });
    expect(answer.headers.get('content-type')).toBe('application/x-amz-cbor-1.1');
    const timesAsTheyAre = [];
    timesAsTheyAre[1] = (read: () => unknown) => read();
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, said: decode(bytes, { tags: timesAsTheyAre }) as Record<string, unknown> };
  };
  const missing = { StreamName: 'none', Records: [{ Data: Buffer.from('x'), PartitionKey: 'k' }] };
  expect(await ask('PutRecords', missing)).toMatchObject({
    status: 400,
    said: { __type: 'ResourceNotFoundException', message: expect.any(String) },
  });
  expect(await ask('PutRecords', { StreamName: 's', Records: [] })).toMatchObject({
    status: 400,
    said: { __type: 'ValidationException' },
  });
  const asked = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const { said: iterator } = await ask('GetShardIterator', asked);
  expect((await ask('GetRecords', iterator)).said).toMatchObject({
    MillisBehindLatest: 0,
    Records: [
      { Data: new Uint8Array(Buffer.from('v')), PartitionKey: 'k', ApproximateArrivalTimestamp: expect.any(Number) },
    ],
  });
});

it('outlives what is no HTTP, and clients that go in the middle', async () => {
  const { server, put, values } = await kinesisWorld();
  for (const bytes of ['\u0016\u0003\u0001', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"Records"']) {
    const socket = connect(server.port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.end(bytes);
      socket.resume();
    });
  }
  await put([{ key: 'k', value: 'v' }]);
  expect(await values()).toEqual(['v']);
});
