import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IotloadError } from '../core/errors.ts';
import { isLoopback } from '../scenario/host-pattern.ts';
import { formatAddress, type ListenAddress } from '../scenario/listen-address.ts';

/** Whoever wants more of us than this at a time has to wait: the main thread has a run to look after. */
const MAX_CONNECTIONS = 16;
const MAX_HEADER_BYTES = 8_192;
const REQUEST_MS = 10_000;

export interface Page {
  type: string;
  body: string;
}

export interface PageServerOptions {
  address: ListenAddress;
  /** Where the address comes from, for errors. */
  where: string;
  /** The one path that there is. */
  path: string;
  /** The page, for this `Accept` header. */
  render(accept: string | undefined): Page;
  /** The page has been handed over. */
  served(): void;
}

export interface PageServer {
  url: string;
  /** Gives up the port and every connection. */
  close(): Promise<void>;
}

/** Serves one page over HTTP/1.1 to whoever may ask for it. Rejects with `bad-arguments` where the address cannot be listened on. */
export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const { address, path } = options;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      insecureHTTPParser: false,
    },
    (request, response) => {
      const answer = answerTo(options, request);
      if (answer.status === 200 && request.method === 'GET') response.on('finish', options.served);
      send(answer, response);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  // A connection that breaks is the other side's affair.
  server.on('error', () => {});
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${formatAddress({ ...address, port })}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { address, where }: PageServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [message, hint] = reasons[error.code ?? ''] ?? [error.message, 'choose another address'];
      reject(new IotloadError('bad-arguments', message, { where, value: formatAddress(address), hint, cause: error }));
    });
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

const reasons: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  EADDRINUSE: [
    'somebody listens there already',
    'choose another port for this run, or 0 for any that is free: --prometheus 127.0.0.1:0',
  ],
  EADDRNOTAVAIL: ['this machine has no such address', 'write 127.0.0.1:PORT, or 0.0.0.0:PORT for all its addresses'],
  EACCES: ['this user may not listen there', 'choose a port from 1024'],
};

interface Answer {
  status: number;
  page: Page;
  headers?: Record<string, string>;
}

function answerTo(
  { address, path, render }: PageServerOptions,
  { method, url = '', headers }: IncomingMessage,
): Answer {
  const text = (status: number, body: string): Answer => ({
    status,
    page: { type: 'text/plain; charset=utf-8', body: `${body}\n` },
  });
  // A page in a browser that calls itself by another name and then means this machine reads nothing.
  if (isLoopback(address.host) && !isLoopback(headers.host ?? '')) return text(403, 'this host is not served here');
  if (method !== 'GET' && method !== 'HEAD') return { ...text(405, 'GET only'), headers: { allow: 'GET, HEAD' } };
  if (url.split('?', 1)[0] !== path) return text(404, `there is ${path}`);
  try {
    return { status: 200, page: render(headers.accept), headers: { vary: 'accept' } };
  } catch (error) {
    // The run is worth more than the page.
    return text(500, error instanceof Error ? error.message : String(error));
  }
}

function send({ status, page, headers }: Answer, response: ServerResponse): void {
  const bytes = Buffer.from(page.body);
  response.writeHead(status, {
    'content-type': page.type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}
