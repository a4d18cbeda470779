import { once } from 'node:events';
import { Agent, createServer, type Server, type ServerResponse } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callError } from '../../../src/targets/kinesis/call-errors.ts';
import { exchange, type HttpAnswer } from '../../../src/targets/kinesis/http-exchange.ts';

const connections = { plain: new Agent({ keepAlive: true }), tls: new TlsAgent({ keepAlive: true }), timeoutMs: 100 };
let server: Server;
let answer: (response: ServerResponse, body: string) => void;

beforeEach(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      expect(request.headers).toMatchObject({ host: 'h', 'x-other': 'ü', 'content-length': '2' });
      answer(response, `${request.method} ${request.url} ${Buffer.concat(parts)}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  connections.plain.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function ask(hostname = '127.0.0.1', listening: Server | TcpServer = server, protocol = 'http:'): Promise<HttpAnswer> {
  const { port } = listening.address() as AddressInfo;
  const headers = { host: 'h', 'x-other': 'ü', 'content-length': '2' };
  return exchange({ protocol, hostname, port, path: '/a', method: 'POST', headers }, Buffer.from('ab'), connections);
}

it('sends what it is given, and hands out what comes, whole or in pieces', async () => {
  answer = (response, body) => void response.writeHead(202, { 'X-Name': 'v', 'content-length': body.length }).end(body);
  const { statusCode, headers, body } = await ask();
  expect([statusCode, headers['x-name'], `${Buffer.from(body)}`]).toEqual([202, 'v', 'POST /a ab']);
  answer = (response) => {
    response.write('one', () => response.end('two'));
  };
  expect(`${Buffer.from((await ask()).body)}`).toBe('onetwo');
  answer = (response) => void response.writeHead(204).end();
  expect((await ask()).body).toHaveLength(0);
});

it('gives up an answer that stops in the middle', async () => {
  answer = (response) => void response.writeHead(200, { 'content-length': 10 }).write('half');
  expect(callError(await ask().catch((error: unknown) => error))).toMatchObject({ failure: 'ambiguous' });
});

it('knows that a request has not left where no session comes about', async () => {
  const silent = createTcpServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const error: unknown = await ask('127.0.0.1', silent, 'https:').catch((error: unknown) => error);
  expect(callError(error)).toMatchObject({ failure: 'unsent', reason: 'no connection in time' });
  silent.close();
});
