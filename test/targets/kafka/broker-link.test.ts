import { beforeEach, expect, it } from 'vitest';
import { ConnectionNotices } from '../../../src/targets/connection-notices.ts';
import { BrokerLink, type LinkSettings } from '../../../src/targets/kafka/broker-link.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { ProduceHead } from '../../../src/wire/kafka/produce.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { ModelCluster } from './model-cluster.ts';
import { QueueBench } from './queue-bench.ts';

let clock: VirtualClock;
let cluster: ModelCluster;
let notices: string[];
let changes: string[];

beforeEach(() => {
  clock = new VirtualClock();
  // The queues of the bench are those of partition 3.
  cluster = new ModelCluster(clock, 4, 1, 'model');
  notices = [];
  changes = [];
});

const address = { id: 0, host: 'broker', port: 9000 };
const pass = (ms: number) => clock.advance(clock.nowUs() + ms * 1000);
const stored = () => cluster.logs[3]?.records.map(({ value }) => Number.parseInt(value, 10)) ?? [];

function link(settings: Partial<LinkSettings> = {}): BrokerLink {
  const acks = settings.acks ?? -1;
  return new BrokerLink(address, {
    clock,
    cluster,
    head: new ProduceHead({ clientId: 'sink', topic: 'model', acks, timeoutMs: 1000 }),
    crc: crc32cInJs,
    acks,
    maxInFlight: 2,
    aheadUs: 0,
    requestTimeoutUs: 10_000_000,
    notices: new ConnectionNotices(clock, (kind, detail) => notices.push(`${kind}: ${detail}`)),
    random: () => 0,
    changed: ({ up }) => changes.push(up ? 'up' : 'down'),
    ...settings,
  });
}

/** Connects, as far as virtual time has to go on for that. */
async function open(to: BrokerLink): Promise<void> {
  const opened = to.open();
  await pass(0);
  await opened;
}

/** A partition that is led and has an identity, with events in batches of their own. */
function bench(settings: ConstructorParameters<typeof QueueBench>[0] = {}): QueueBench {
  const one = new QueueBench({ lingerUs: 0, ...settings });
  one.nowUs = clock.nowUs();
  one.queue.lead();
  one.identify();
  return one;
}

function put(one: QueueBench, to: BrokerLink): void {
  one.nowUs = clock.nowUs();
  one.put();
  to.pump();
}

it('sends what is due, hears the answer, and tells its outcome', async () => {
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  put(one, to);
  expect([to.up, to.idle, to.brokerId]).toEqual([false, false, 0]);
  await open(to);
  expect([to.up, changes]).toEqual([true, ['up']]);
  await pass(1);
  expect([stored(), one.told, to.idle]).toEqual([[1], ['acked acks-all: 1'], false]);
  to.remove(one.queue);
  expect([to.idle, notices]).toEqual([true, []]);
});

it('wakes when the linger of the first is over', async () => {
  const [one, to] = [bench({ lingerUs: 5_000 }), link()];
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(4.9);
  expect(cluster.requests).toHaveLength(0);
  await pass(0.1);
  expect(cluster.requests).toHaveLength(1);
});

it('has so many requests in flight and no more', async () => {
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(1);
  cluster.onProduce = () => ({ delayMs: 10 });
  for (let i = 0; i < 6; i++) put(one, to);
  expect(cluster.requests).toHaveLength(3);
  await pass(100);
  expect([cluster.mostInFlight, stored()]).toEqual([2, [1, 2, 3, 4, 5, 6, 7]]);
});

it('waits as long as it is throttled, and says so', async () => {
  const [one, to] = [bench(), link()];
  cluster.onProduce = () => ({ throttleMs: 700 });
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(1);
  put(one, to);
  await pass(698);
  expect([cluster.requests.length, notices]).toEqual([1, ['throttled: broker:9000']]);
  await pass(2);
  expect(cluster.requests).toHaveLength(2);
});

it('comes back by itself, and what was in flight goes out again', async () => {
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(1);
  cluster.onProduce = () => ({ ends: 'cut-after' });
  cluster.down.add(0);
  put(one, to);
  await pass(0);
  cluster.onProduce = () => ({});
  await pass(950);
  expect([to.up, changes.at(-1)]).toEqual([false, 'down']);
  expect(one.asked).toContain('leader');
  cluster.down.clear();
  one.queue.lead();
  await pass(1_000);
  to.pump();
  await pass(1);
  expect([stored(), one.told, one.again]).toEqual([[1, 2], ['acked acks-all: 1', 'acked acks-all: 2'], ['2']]);
  expect(notices).toEqual(['disconnected: broker:9000: reset', 'reconnected: broker:9000']);
});

it.each([
  ['the answer to another request', { frame: new Uint8Array(12).fill(9) }, 'an answer to something else', 1],
  ['what is no answer', { frame: Uint8Array.of(1) }, 'an answer to something else', 1],
  ['silence', { ends: 'mute' }, 'request timeout', 10_000],
] as const)('ends the connection for %s', async (_, deed, reason, afterMs) => {
  const [one, to] = [bench(), link()];
  cluster.onProduce = () => deed;
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(afterMs - 0.001);
  to.sweep(clock.nowUs());
  if (afterMs > 1) expect(notices).toEqual([]);
  await pass(0.001);
  to.sweep(clock.nowUs());
  expect(notices[0]).toBe(`disconnected: broker:9000: ${reason}`);
  expect(cluster.connections[0]?.ended).toBe(true);
});

it('replaces a connection whose login ends, once nothing is in flight, without a word', async () => {
  cluster.replaceByUs = clock.nowUs() + 30_000_000;
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  await open(to);
  await pass(19_990);
  to.sweep(clock.nowUs());
  expect(to.up).toBe(true);
  cluster.onProduce = () => ({ delayMs: 50 });
  cluster.replaceByUs = null;
  put(one, to);
  await pass(20);
  to.sweep(clock.nowUs());
  put(one, to);
  expect([cluster.requests.length, to.up]).toEqual([1, true]);
  await pass(200);
  expect([stored(), cluster.connections.length, cluster.connections[0]?.ended]).toEqual([[1, 2], 2, true]);
  expect(notices.filter((text) => text.startsWith('disconnected'))).toEqual([]);
});

it('goes to where the broker is by now', async () => {
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  await open(to);
  to.move({ ...address });
  expect(to.up).toBe(true);
  to.move({ ...address, port: 9100 });
  await pass(1);
  expect(cluster.connections.map(({ broker, ended }) => [broker.port, ended])).toEqual([
    [9000, true],
    [9100, false],
  ]);
});

it('knows no more than that the system has taken it, without acknowledgements', async () => {
  const [one, to] = [bench({ acks: 0, idempotent: false }), link({ acks: 0 })];
  to.add(one.queue);
  await open(to);
  put(one, to);
  await pass(1);
  expect([stored(), one.told]).toEqual([[1], ['no_ack written: 1']]);
});

it('takes turns among its partitions, many in one request', async () => {
  const [first, second, to] = [bench(), bench(), link({ maxInFlight: 1 })];
  to.add(first.queue);
  to.add(second.queue);
  for (const one of [first, second]) one.put();
  await open(to);
  await pass(1);
  expect(cluster.requests[0]?.batches).toHaveLength(2);
});

it('tells nobody of its end, and what is in flight is lost by it', async () => {
  const [one, to] = [bench(), link()];
  cluster.onProduce = () => ({ delayMs: 50 });
  to.add(one.queue);
  await open(to);
  put(one, to);
  to.close();
  await pass(60_000);
  expect([to.up, notices, cluster.connections.length]).toEqual([false, [], 1]);
  one.queue.abandon('closed');
  expect(one.told).toEqual(['unknown closed: 1']);
});

it('rejects as the cluster does when it is first opened, and tries on only when it is started', async () => {
  cluster.down.add(0);
  const [one, to] = [bench(), link()];
  to.add(one.queue);
  const opened = to.open();
  opened.catch(() => {});
  await pass(5_000);
  await expect(opened).rejects.toThrow('broker 0 is down');
  cluster.down.clear();
  await pass(5_000);
  expect(to.up).toBe(false);
  to.start();
  await pass(5);
  expect(to.up).toBe(true);
});
