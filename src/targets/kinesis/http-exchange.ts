import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { request as requestOverTls, type Agent as TlsAgent } from 'node:https';

/** Connections that stay, and how long one of them may be silent, ms. */
export interface Connections {
  plain: Agent;
  tls: TlsAgent;
  timeoutMs: number;
}

/** A request that is signed. */
export interface SignedRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  method: string;
  headers: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
}

/**
 * Sends a request with a body over HTTP/1.1. Rejects with Node's error, or one that is named `TimeoutError` as the SDK's handler names it,
 * which costs a third more.
 */
export function exchange(signed: SignedRequest, body: Uint8Array, connections: Connections): Promise<HttpAnswer> {
  const { protocol, hostname, port, path, method } = signed;
  const isTls = protocol === 'https:';
  const headers: string[] = [];
  for (const name in signed.headers) headers.push(name, signed.headers[name] as string);
  const options = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port ?? (isTls ? 443 : 80),
    path,
    method,
    headers,
    timeout: connections.timeoutMs,
  };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      const { statusCode = 0, headers } = response;
      collect(response).then((body) => resolve({ statusCode, headers, body }), reject);
    };
    const sent = isTls
      ? requestOverTls({ ...options, agent: connections.tls }, answered)
      : request({ ...options, agent: connections.plain }, answered);
    sent.on('timeout', () => sent.destroy(timeoutOf(sent, connections.timeoutMs)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Whether a request has left depends on whether there is a connection. */
function timeoutOf({ socket }: ClientRequest, ms: number): Error {
  const isConnecting =
    socket === null || socket.connecting || (socket as { secureConnecting?: boolean }).secureConnecting === true;
  const error = new Error(isConnecting ? `did not establish a connection in ${ms} ms` : `was silent for ${ms} ms`);
  error.name = 'TimeoutError';
  return error;
}

/** The bytes of an answer. By its events: an iterator costs a promise for each chunk. */
export function collect(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    stream.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)));
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the answer is cut off')));
  });
}
