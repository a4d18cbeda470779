import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { answer, iotload } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

function doctor(target: string, ...flags: string[]) {
  writeFileSync(space.path('case.yaml'), phones({ target }));
  return iotload(['doctor', 'case.yaml', ...flags], {}, space.dir);
}

/** The same without a process of its own, where nothing is sent. */
function asked(target: string, ...flags: string[]) {
  writeFileSync(space.path('case.yaml'), phones({ target }));
  return answer(['doctor', 'case.yaml', ...flags], space.dir);
}

describe('iotload doctor', () => {
  it('goes the events’ own way and finds it good', async () => {
    const { code, stdout } = await doctor('{ protocol: mqtt, endpoint: embedded }');
    expect(code).toBe(0);
    for (const check of ['results', 'this machine', 'reach', 'login', 'subscribe', 'publish', 'read back', 'clock'])
      expect(stdout).toMatch(new RegExp(`^✓ ${check} `, 'm'));
    expect(stdout).toContain('round trip');
    expect(stdout).toContain('ready: iotload run case.yaml');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('goes to Kafka with what has to be there: login, topic, leaders', async () => {
    const { code, stdout } = await doctor('{ protocol: kafka, endpoint: embedded }');
    expect(code).toBe(0);
    for (const check of ['reach', 'login', 'connect', 'read', 'publish', 'read back'])
      expect(stdout).toMatch(new RegExp(`^✓ ${check} `, 'm'));
    expect(stdout).toMatch(/topic iotload-case-doctor,\s+created\s+just\s+now,\s+has\s+6\s+partitions/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('tells its findings as data', async () => {
    const { code, stdout } = await doctor('{ protocol: file, path: events.jsonl }', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ check: 'file', status: 'good', code: null }));
  });

  it('is exit 4 where nobody listens, and says what to do', async () => {
    const { code, stdout } = await doctor('{ protocol: mqtt, endpoint: "mqtt://127.0.0.1:1" }', '-q');
    expect(stdout).toMatch(/^✗ reach +127\.0\.0\.1:1: connection refused\n +→ is a broker listening there\?\n$/);
    expect(code).toBe(4);
  });

  it('is exit 4 where somebody else listens', async () => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { code, stdout } = await doctor(`{ protocol: mqtt, endpoint: "mqtt://127.0.0.1:${port}" }`);
    server.close();
    expect(stdout).toMatch(/^✓ reach /m);
    expect(stdout).toMatch(/^✗ login /m);
    expect(code).toBe(4);
  });

  it('is exit 2 for a certificate file that is none, or is not there', async () => {
    writeFileSync(space.path('ca.pem'), 'no certificate');
    const none = await asked('{ protocol: mqtt, endpoint: "mqtts://127.0.0.1:1", tls: { ca: ca.pem } }');
    expect(none.stdout).toMatch(/^✗ tls\.ca +.*ca\.pem holds no certificate$/m);
    const gone = await asked('{ protocol: mqtt, endpoint: "mqtts://127.0.0.1:1", tls: { ca: gone.pem } }');
    expect(gone.stdout).toContain('cannot be read (ENOENT)');
    expect([none.code, gone.code]).toEqual([2, 2]);
  });

  it('is exit 2 for a scenario with mistakes, and 6 for what the safety rail refuses', async () => {
    expect((await asked('{ protocol: mqtt, endpoint: nowhere }')).code).toBe(2);
    const flag = 'target.endpoint=mqtt://broker.example.com';
    expect((await asked('{ protocol: mqtt, endpoint: embedded }', '--set', flag)).code).toBe(6);
  });
});
