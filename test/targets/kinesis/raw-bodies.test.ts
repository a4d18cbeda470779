import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { encode } from 'cborg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callError } from '../../../src/targets/kinesis/call-errors.ts';
import { passRawBodies, type RawBodies } from '../../../src/targets/kinesis/raw-bodies.ts';
import type { WireForm } from '../../../src/wire/kinesis/wire-form.ts';

interface Received {
  port: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const STORED = '{"FailedRecordCount":0,"Records":[]}';
const store = (response: ServerResponse): void => void response.end(STORED);
/** Only what the SDK itself has sent has the number of an attempt. */
const bySdk = ({ headers }: Received): boolean => headers['amz-sdk-invocation-id'] !== undefined;

describe('raw bodies', () => {
  let server: Server;
  let client: KinesisClient;
  let agents: { plain: Agent; tls: TlsAgent };
  let raw: RawBodies;
  let received: Received[];
  let answer = store;

  beforeEach(async () => {
    received = [];
    answer = store;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({
          port: request.socket.remotePort ?? 0,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        });
        answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new KinesisClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      maxAttempts: 1,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
      requestHandler: new NodeHttpHandler(),
    });
    agents = { plain: new Agent({ keepAlive: true }), tls: new TlsAgent() };
    raw = passRawBodies(client, { ...agents, timeoutMs: 200 });
  });

  afterEach(async () => {
    client.destroy();
    agents.plain.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const put = async (body: string, form: WireForm = 'json'): Promise<string> => {
    const command = new PutRecordsCommand({ StreamName: 's', Records: [] });
    return Buffer.from(await raw.send(command, { bytes: Buffer.from(body), form })).toString();
  };
  const failure = async (form?: WireForm): Promise<Error> => {
    try {
      await put('{"lost":1}', form);
    } catch (error) {
      return error as Error;
    }
    throw new Error('it was answered');
  };

  it('go out as they are and come back as they are, the first by the SDK and the others like it', async () => {
    for (const body of ['{"a":1}', '{"bb":22}', '{"c":"ü"}']) expect(await put(body)).toBe(STORED);
    expect(received.map(({ body }) => body)).toEqual(['{"a":1}', '{"bb":22}', '{"c":"ü"}']);
    expect(received.map(bySdk)).toEqual([true, false, false]);
    const [first, ...others] = received.map(({ headers }) => headers);
    for (const headers of others) {
      for (const name of ['host', 'content-type', 'x-amz-target', 'user-agent', 'x-amz-security-token']) {
        expect(headers[name]).toBe(first?.[name]);
      }
      expect(headers['x-amz-target']).toBe('Kinesis_20131202.PutRecords');
    }
  });

  it('are signed each for itself', async () => {
    for (const body of ['{"a":1}', '{"a":1}', '{"b":1}']) await put(body);
    const hashes = received.map(({ headers }) => headers['x-amz-content-sha256']);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[1]).not.toBe(hashes[2]);
    const signatures = received.map(({ headers }) => /Signature=[0-9a-f]{64}$/.exec(headers.authorization ?? '')?.[0]);
    expect(signatures.every((signature) => signature !== undefined)).toBe(true);
    expect(signatures[1]).not.toBe(signatures[2]);
  });

  it('are sent by the SDK again after an error, which has the name that the service gives it', async () => {
    await put('{}');
    for (const [type, name, message] of [
      ['ExpiredTokenException', 'ExpiredTokenException', 'message'],
      ['com.amazonaws.kinesis#LimitExceededException', 'LimitExceededException', 'Message'],
    ]) {
      answer = (response) => {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: type, [message as string]: 'why' }));
      };
      const error = await failure();
      expect(error).toMatchObject({ name, message: 'why', $metadata: { httpStatusCode: 400 } });
      expect(bySdk(received.at(-1) as Received)).toBe(false);
      answer = store;
      await put('{}');
      expect(bySdk(received.at(-1) as Received)).toBe(true);
    }
  });

  it('go out as CBOR where that is asked for, and errors in CBOR are what they are in JSON', async () => {
    const cbor = { 'content-type': 'application/x-amz-cbor-1.1' };
    expect(await put('one', 'cbor')).toBe(STORED);
    expect(await put('two', 'cbor')).toBe(STORED);
    for (const [i, sender] of [true, false].entries()) {
      expect(bySdk(received[i] as Received)).toBe(sender);
      expect(received[i]?.headers).toMatchObject(cbor);
    }
    const refuse = (type: string) => {
      answer = (response) => void response.writeHead(400, cbor).end(encode({ __type: type, message: 'why' }));
    };
    // The first is sent as the one before it was, the second by the SDK.
    for (const isSdk of [false, true]) {
      refuse('com.amazonaws.kinesis#ExpiredTokenException');
      const error = await failure('cbor');
      expect(error).toMatchObject({
        name: 'ExpiredTokenException',
        message: 'why',
        $metadata: { httpStatusCode: 400 },
      });
      expect(bySdk(received.at(-1) as Received)).toBe(isSdk);
    }
  });

  it('are named by the header where the answer does not', async () => {
    await put('{}');
    answer = (response) =>
      void response.writeHead(400, { 'x-amzn-errortype': 'LimitExceededException:http://x' }).end();
    expect(await failure()).toMatchObject({ name: 'LimitExceededException' });
  });

  it('are asked for in CBOR where a request for nothing is understood', async () => {
    const command = new PutRecordsCommand({ StreamName: 's', Records: [] });
    const says = (status: number, said: unknown, type = 'application/x-amz-cbor-1.1') => {
      const body = typeof said === 'string' ? said : encode(said);
      answer = (response) => void response.writeHead(status, { 'content-type': type }).end(body);
      return raw.takesCbor(command, Buffer.from('none'));
    };
    expect(await says(400, { __type: 'ValidationException', message: 'none' })).toBe(true);
    expect(await says(400, { __type: 'a#InvalidArgumentException' })).toBe(true);
    expect(await says(200, { FailedRecordCount: 0, Records: [] })).toBe(true);
    expect(await says(400, { __type: 'SerializationException' })).toBe(false);
    expect(await says(400, JSON.stringify({ __type: 'ValidationException' }), 'application/x-amz-json-1.1')).toBe(
      false,
    );
    expect(await says(200, STORED, 'application/x-amz-json-1.1')).toBe(false);
    expect(await says(500, '<html>', 'text/html')).toBe(false);
    expect(await says(400, 'no CBOR')).toBe(false);
    answer = (response) => void response.destroy();
    expect(await raw.takesCbor(command, Buffer.from('none'))).toBe(false);
    expect(received.every(({ headers }) => headers['content-type'] === 'application/x-amz-cbor-1.1')).toBe(true);
    // What comes then is another form again.
    answer = store;
    expect(await put('{"a":1}')).toBe(STORED);
    expect(received.at(-1)?.headers).toMatchObject({ 'content-type': 'application/x-amz-json-1.1' });
  });

  it('come to an error where the answer is no JSON, is cut off or does not come', async () => {
    await put('{}');
    answer = (response) => void response.writeHead(503).end('<html>');
    expect(await failure()).toMatchObject({ name: '', $metadata: { httpStatusCode: 503 } });
    answer = store;
    await put('{}');
    answer = (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"Failed', () => response.destroy());
    };
    expect(await failure()).toBeInstanceOf(Error);
    answer = store;
    await put('{}');
    answer = (response) => void response.destroy();
    expect(await failure()).toMatchObject({ code: 'ECONNRESET' });
  });

  it('go over connections that stay, and are given up when one is silent for too long', async () => {
    for (const body of ['{}', '{"a":1}', '{"b":1}']) await put(body);
    const [, second, third] = received;
    expect(second?.port).toBeGreaterThan(0);
    expect(third?.port).toBe(second?.port);
    answer = () => {};
    const error = await failure();
    expect(error).toMatchObject({ name: 'TimeoutError', message: 'was silent for 200 ms' });
    expect(callError(error)).toMatchObject({ failure: 'ambiguous', reason: 'timeout' });
  });

  it('have not left where there is no connection', async () => {
    await put('{}');
    server.closeAllConnections();
    agents.plain.destroy();
    server.close();
    await once(server, 'close');
    const error = await failure();
    expect(callError(error)).toMatchObject({ failure: 'unsent', reason: 'nobody listens' });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});
