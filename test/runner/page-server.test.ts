import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PageServer, type PageServerOptions, servePage } from '../../src/runner/page-server.ts';

const loopback = { host: '127.0.0.1', port: 0 };

async function served(change: Partial<PageServerOptions> = {}): Promise<{ server: PageServer; count: () => number }> {
  let count = 0;
  const server = await servePage({
    address: loopback,
    where: 'outputs.prometheus',
    path: '/metrics',
    render: (accept) => ({ type: 'text/plain', body: `for ${accept}\n` }),
    served: () => {
      count++;
    },
    ...change,
  });
  onTestFinished(() => server.close());
  return { server, count: () => count };
}

/** As fetch, which lets nobody choose the host. */
function asked(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('servePage', () => {
  it('serves one page, as it is asked for, and counts what was handed over', async () => {
    const { server, count } = await served();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics$/);
    const response = await fetch(server.url, { headers: { accept: 'this' } });
    expect(await response.text()).toBe('for this\n');
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${server.url}?name=x`)).status).toBe(200);
    const head = await fetch(server.url, { method: 'HEAD', headers: { accept: 'this' } });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '9', '']);
    expect(count()).toBe(2);
  });

  it('serves nothing else', async () => {
    const { server, count } = await served();
    const root = await fetch(new URL('/', server.url));
    expect([root.status, await root.text()]).toEqual([404, 'there is /metrics\n']);
    expect((await fetch(new URL('/metrics/../../etc/passwd', server.url))).status).toBe(404);
    const post = await fetch(server.url, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(count()).toBe(0);
  });

  it('of this machine is not for a browser that was led here by another name', async () => {
    const { server } = await served();
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:9464']) expect(await asked(server.url, host)).toBe(200);
    for (const host of ['evil.example.com', 'localhost.evil.example.com:9464']) {
      expect(await asked(server.url, host)).toBe(403);
    }
  });

  it('of all addresses is for whoever reaches them', async () => {
    const { server } = await served({ address: { host: '0.0.0.0', port: 0 } });
    expect(await asked(server.url, 'generator.example.com:9464')).toBe(200);
  });

  it('survives what goes wrong while it renders', async () => {
    const { server } = await served({
      render: () => {
        throw new Error('no figures');
      },
    });
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([500, 'no figures\n']);
  });

  it('says that a port is taken, and by whom it is asked for', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(served({ address: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'bad-arguments',
      message: 'somebody listens there already',
      where: 'outputs.prometheus',
      value: `127.0.0.1:${port}`,
      hint: expect.stringContaining('--prometheus 127.0.0.1:0'),
    });
  });

  it('says that an address is not of this machine', async () => {
    // TEST-NET-1: nobody has it.
    await expect(served({ address: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
      code: 'bad-arguments',
      message: 'this machine has no such address',
    });
  });

  it('gives up its port and its connections', async () => {
    const { server } = await served();
    await fetch(server.url);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
