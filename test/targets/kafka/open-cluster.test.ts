import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import type { KafkaConnection } from '../../../src/targets/kafka/cluster.ts';
import { openCluster } from '../../../src/targets/kafka/open-cluster.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { server } from '../../brokers/kafka/raw-client.ts';
import { until } from '../../until.ts';
import { clusterContext, clusterOptions } from './cluster-context.ts';
import { type LoginRules, loginBroker } from './login-broker.ts';

const COORDINATOR_LOAD_IN_PROGRESS = 14;
const NOT_COORDINATOR = 16;

async function open(port: number, block: object = {}, context = clusterContext()) {
  const cluster = await openCluster(clusterOptions(`127.0.0.1:${port}`, block), context);
  onTestFinished(() => cluster.close());
  return cluster;
}

/** How opening a cluster with these options fails. */
async function failure(endpoint: string, block: object = {}, context = clusterContext()) {
  const error = await openCluster(clusterOptions(endpoint, block), context).then(
    async (cluster) => {
      onTestFinished(() => cluster.close());
      return cluster.metadata(['t']).then(
        () => expect.unreachable('it works'),
        (reason: unknown) => reason,
      );
    },
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'IotloadError' });
  expect(JSON.stringify(error) + (error as Error).message).not.toContain('hunter2');
  return error as Error & { code: string; hint?: string };
}

describe('a cluster', () => {
  it('tells of topics, those that exist', async () => {
    const { port } = await server();
    const cluster = await open(port);
    const asked = { topic: 'a', partitions: 3, replication: -1, config: { 'min.insync.replicas': '1' } };
    expect(await cluster.createTopic(asked)).toMatchObject({ code: ErrorCode.none });
    expect(await cluster.createTopic(asked)).toMatchObject({ code: ErrorCode.topicAlreadyExists });
    const { brokers, topics } = await cluster.metadata(['a', 'b']);
    expect(brokers).toEqual([{ id: 1, host: '127.0.0.1', port }]);
    expect([...topics.keys()]).toEqual(['a']);
    expect(topics.get('a')).toEqual([0, 1, 2].map((partition) => ({ partition, leader: 1, replicas: 1, inSync: 1 })));
    expect(await cluster.topicSettings('a', ['min.insync.replicas'])).toEqual(new Map([['min.insync.replicas', '1']]));
    expect(await cluster.topicSettings('b', ['min.insync.replicas'])).toBeNull();
  });

  it('gives a fresh identity each time, and asks again while brokers have none yet', async () => {
    const { port } = await server();
    const cluster = await open(port);
    const [one, two] = [await cluster.producerIdentity(), await cluster.producerIdentity()];
    expect(one.id).not.toBe(two.id);
    const identityErrors: number[] = [COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR];
    const starting = await open((await loginBroker({ identityErrors })).port);
    expect(await starting.producerIdentity()).toEqual({ id: 4_000_000_000n, epoch: 3 });
    const refusing = await open((await loginBroker({ identityErrors: [ErrorCode.clusterAuthorizationFailed] })).port);
    await expect(refusing.producerIdentity()).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringMatching(/cannot give an identity .*: cluster authorization failed$/),
      hint: expect.stringContaining('idempotent: false'),
    });
  });

  it('goes on over another connection when the one for questions was cut off', async () => {
    const { port, sockets } = await loginBroker();
    const cluster = await open(port);
    await cluster.metadata(['t']);
    for (const socket of sockets) socket.destroy();
    expect((await cluster.metadata(['t'])).brokers).toHaveLength(1);
  });

  it('asks several things at once, each with its own answer', async () => {
    const { port } = await server();
    const cluster = await open(port);
    await cluster.createTopic({ topic: 'a', partitions: 2, replication: 1, config: {} });
    const [metadata, identity, settings] = await Promise.all([
      cluster.metadata(['a']),
      cluster.producerIdentity(),
      cluster.topicSettings('a', ['retention.ms']),
    ]);
    expect([metadata.topics.get('a')?.length, identity.epoch, settings?.size]).toEqual([2, 0, 1]);
  });

  it('has no timer while nobody asks', async () => {
    const { port } = await server();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const cluster = await open(port, {}, clusterContext());
    const { brokers } = await cluster.metadata(['t']);
    const connection = await cluster.connect(brokers[0] as never, { answered: () => {}, closed: () => {} });
    onTestFinished(() => connection.destroy());
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('refuses everything once it is closed', async () => {
    const { port } = await server();
    const cluster = await open(port);
    await cluster.close();
    await cluster.close();
    await expect(cluster.metadata(['t'])).rejects.toMatchObject({ code: 'target-unreachable' });
    const broker = { id: 1, host: '127.0.0.1', port };
    await expect(cluster.connect(broker, { answered: () => {}, closed: () => {} })).rejects.toMatchObject({
      code: 'target-unreachable',
    });
  });
});

/** A request for the versions of a broker, version 0, in two pieces. */
function question(correlation: number): Uint8Array[] {
  const frame = new ProtocolWriter().int16(18).int16(0).int32(correlation).string('test').takeFrame();
  return [frame.subarray(0, 7), frame.subarray(7)];
}

describe('a connection', () => {
  it('sends frames in pieces, and hears the answers in their order', async () => {
    const { port } = await server();
    const cluster = await open(port);
    const heard: number[] = [];
    const broker = { id: 1, host: '127.0.0.1', port };
    const connection = await cluster.connect(broker, {
      answered: (frame) => heard.push(Buffer.from(frame).readInt32BE(0)),
      closed: () => expect.unreachable(),
    });
    let sent = 0;
    for (let i = 100; i < 150; i++) connection.write(question(i), () => sent++);
    await until(() => heard.length === 50);
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => 100 + i));
    expect([sent, connection.unsentBytes, connection.broker, connection.replaceByUs]).toEqual([50, 0, broker, null]);
    connection.destroy();
    connection.destroy();
    connection.write(question(1));
  });

  it('tells once that it is closed, and nothing after', async () => {
    const { port, sockets } = await loginBroker();
    const cluster = await open(port);
    const reasons: string[] = [];
    const broker = { id: 7, host: '127.0.0.1', port };
    const events = { answered: () => {}, closed: (reason: string) => reasons.push(reason) };
    await cluster.connect(broker, events);
    const other = await cluster.connect(broker, { ...events, closed: () => expect.unreachable() });
    other.destroy();
    for (const socket of sockets) socket.destroy();
    await until(() => reasons.length > 0);
    expect(reasons).toHaveLength(1);
    expect(['connection reset', 'connection closed by the broker']).toContain(reasons[0]);
  });

  it('hears nothing that came in the same piece, once it is destroyed', async () => {
    const { port } = await server();
    const cluster = await open(port);
    let connection: KafkaConnection | null = null;
    let heard = 0;
    const answered = (): void => {
      heard++;
      connection?.destroy();
    };
    connection = await cluster.connect({ id: 1, host: '127.0.0.1', port }, { answered, closed: () => {} });
    connection.write([...question(1), ...question(2), ...question(3)]);
    await until(() => heard > 0);
    await cluster.metadata(['t']);
    expect(heard).toBe(1);
  });

  it('has to be replaced before the broker ends its login', async () => {
    const rules: LoginRules = { mechanisms: ['PLAIN'], lifetimeMs: 100_000, judge: () => ({}) };
    const { port } = await loginBroker(rules);
    const clock = systemClock();
    const auth = { username: 'me', password: '${SECRET}' };
    const cluster = await open(port, { auth }, clusterContext({ clock }));
    const from = clock.nowUs();
    const broker = { id: 7, host: '127.0.0.1', port };
    const { replaceByUs } = await cluster.connect(broker, { answered: () => {}, closed: () => {} });
    expect(replaceByUs).toBeGreaterThan(from + 80_000_000);
    expect(replaceByUs).toBeLessThan(from + 95_000_000);
  });
});

describe('a broker that cannot be talked to', () => {
  it('is named, as is every other one of the endpoint', async () => {
    expect(await failure('127.0.0.1:1')).toMatchObject({
      code: 'target-unreachable',
      message: 'Kafka at 127.0.0.1:1 cannot be reached: connection refused',
      hint: 'Is a broker listening there?',
    });
    expect((await failure('127.0.0.1:1,127.0.0.1:2')).message).toBe(
      'Kafka at 127.0.0.1:1 cannot be reached: connection refused; Kafka at 127.0.0.1:2 cannot be reached: connection refused',
    );
  });

  it('does not matter while another one of the endpoint answers', async () => {
    const { port } = await server();
    const cluster = await openCluster(clusterOptions(`127.0.0.1:1,127.0.0.1:${port}`), clusterContext());
    await cluster.close();
  });

  it('is one that is advertised: its address is told to be wrong there', async () => {
    const { port } = await loginBroker({ advertised: { host: '127.0.0.1', port: 1 } });
    const cluster = await open(port);
    const { brokers } = await cluster.metadata(['t']);
    const events = { answered: () => {}, closed: () => {} };
    await expect(cluster.connect(brokers[0] as never, events)).rejects.toMatchObject({
      message: 'Kafka broker 7 at 127.0.0.1:1 cannot be reached: connection refused',
      hint: expect.stringContaining('advertised.listeners'),
    });
  });

  it('speaks something else', async () => {
    const port = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const clock = { ...systemClock(), after: hasty };
    expect(await failure(`127.0.0.1:${port}`, {}, clusterContext({ clock }))).toMatchObject({
      hint: expect.stringMatching(/Kafka/),
    });
  });

  it('stays silent', async () => {
    const { port } = await loginBroker({ silent: true });
    const clock = { ...systemClock(), after: hasty };
    expect(await failure(`127.0.0.1:${port}`, {}, clusterContext({ clock }))).toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('no answer to the first request within 10 s'),
    });
  });
});

/** A port where somebody answers the first bytes in a way of his own. */
async function listen(answer: (socket: Socket) => void): Promise<number> {
  const other = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return (other.address() as { port: number }).port;
}

/** A hundred times as fast as it should be. */
function hasty(ms: number, task: () => void): () => void {
  return systemClock().after(ms / 100, task);
}

describe('TLS', () => {
  const folder = new URL('../../fixtures/tls/', import.meta.url);
  const tls = { key: readFileSync(new URL('server.key', folder)), cert: readFileSync(new URL('server.pem', folder)) };
  const ca = new URL('server.pem', folder).pathname;

  it('of an unknown authority is refused by us', async () => {
    const { port } = await loginBroker({ tls });
    expect(await failure(`127.0.0.1:${port}`, { tls: true })).toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('TLS failed'),
      hint: expect.stringContaining('tls.ca'),
    });
  });

  it('with a certificate for another name says so', async () => {
    const { port } = await loginBroker({ tls });
    expect(await failure(`127.0.0.1:${port}`, { tls: { ca } })).toMatchObject({
      code: 'target-refused',
      hint: expect.stringContaining('host name that stands in'),
    });
  });

  it('is what the port speaks, and the target does not', async () => {
    // As Java's TLS answers what is no handshake; Node's only hangs up.
    const port = await listen((socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 70])));
    expect(await failure(`127.0.0.1:${port}`)).toMatchObject({
      code: 'target-refused',
      message: `Kafka at 127.0.0.1:${port} refused us: this port speaks TLS`,
      hint: expect.stringContaining('tls: true'),
    });
  });

  it('is not what the port speaks', async () => {
    const { port } = await loginBroker();
    expect(await failure(`127.0.0.1:${port}`, { tls: true })).toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('during the TLS handshake'),
      hint: expect.stringContaining('leave tls out'),
    });
  });

  it('has certificate files that cannot be read', async () => {
    expect(await failure('127.0.0.1:1', { tls: { ca: '/nowhere/ca.pem' } })).toMatchObject({ code: 'file-unreadable' });
  });
});

describe('a login', () => {
  const judge: LoginRules['judge'] = (bytes) =>
    Buffer.from(bytes).toString() === '\0me\0hunter2' ? {} : { error: 'Authentication failed: hunter2? no' };
  const plain = { username: 'me', password: '${SECRET}' };

  it('is accepted', async () => {
    const { port } = await loginBroker({ mechanisms: ['PLAIN'], judge });
    const cluster = await open(port, { auth: plain });
    expect((await cluster.metadata(['t'])).brokers).toHaveLength(1);
  });

  it('is refused, and says whose without the password', async () => {
    const { port } = await loginBroker({ mechanisms: ['PLAIN'], judge: () => ({ error: 'no, hunter2 is wrong' }) });
    expect(await failure(`127.0.0.1:${port}`, { auth: plain })).toMatchObject({
      code: 'target-refused',
      message: `Kafka at 127.0.0.1:${port} refused us: login of me failed: no, *** is wrong`,
      hint: expect.stringContaining('auth.password'),
    });
  });

  it('is asked for, and there is none', async () => {
    const { port } = await loginBroker({ mechanisms: ['PLAIN'], judge });
    expect(await failure(`127.0.0.1:${port}`)).toMatchObject({
      code: 'target-unreachable',
      message: `Kafka at 127.0.0.1:${port} cannot be reached: connection closed by the broker`,
      hint: expect.stringContaining('auth'),
    });
  });

  it('is not asked for', async () => {
    const { port } = await loginBroker();
    expect(await failure(`127.0.0.1:${port}`, { auth: plain })).toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('takes no login'),
      hint: expect.stringContaining('Leave auth out'),
    });
  });

  it('is of a kind that the listener does not have', async () => {
    const { port } = await loginBroker({ mechanisms: ['GSSAPI'], judge });
    const auth = { ...plain, kind: 'scram-sha-256' };
    expect(await failure(`127.0.0.1:${port}`, { auth })).toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('scram-sha-256 is not taken by this listener'),
      hint: expect.stringContaining('sasl.enabled.mechanisms'),
    });
  });

  it('by token is accepted, or refused by a challenge', async () => {
    const auth = { kind: 'oauthbearer', token: '${SECRET}' };
    const mechanisms = ['OAUTHBEARER'];
    let came = '';
    const good = await loginBroker({
      mechanisms,
      judge: (bytes) => {
        came = Buffer.from(bytes).toString();
        return {};
      },
    });
    await (await open(good.port, { auth })).metadata(['t']);
    expect(came).toBe('n,,\u0001auth=Bearer hunter2\u0001\u0001');
    const bad = await loginBroker({ mechanisms, judge: () => ({ challenge: '{"status":"invalid_token"}' }) });
    expect(await failure(`127.0.0.1:${bad.port}`, { auth })).toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('token was not accepted'),
      hint: expect.stringContaining('auth.token'),
    });
  });
});
