import { expect, it, onTestFinished } from 'vitest';
import type { BrokerOptions, EmbeddedBroker } from '../../src/brokers/embedded-broker.ts';
import { startBrokerProcess } from '../../src/brokers/start-broker-process.ts';
import { Port, toldPort } from './stand-in/ports.ts';

const callerUrl = new URL('stand-in/caller.ts', import.meta.url).href;

async function start(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const broker = await startBrokerProcess({ callerUrl, name: 'stand-in', scheme: 'test' }, options);
  onTestFinished(() => broker.stop());
  return broker;
}

it.each([
  [{}, toldPort(0, null)],
  [{ port: 30, faultSeed: 0 }, toldPort(30, 0)],
])('hands on what it is started with: %o', async (options, port) => {
  expect((await start(options)).endpoint).toBe(`test://127.0.0.1:${port}`);
});

it('tells the resources of a broker, the last known ones once it has ended', async () => {
  const broker = await start();
  const first = await broker.usage();
  expect(first.rssBytes).toBeGreaterThan(1_000_000);
  const [a, b] = await Promise.all([broker.usage(), broker.usage()]);
  expect(a.cpuSeconds).toBeGreaterThanOrEqual(first.cpuSeconds);
  expect(b.cpuSeconds).toBeGreaterThanOrEqual(a.cpuSeconds);
  // It ends of this, and answers nothing behind it.
  broker.inject({ resets: 1 });
  const unanswered = broker.usage();
  await broker.ended;
  const last = await unanswered;
  expect(await broker.usage()).toEqual(last);
  // Each answer is the asker’s own.
  last.rssBytes = -1;
  expect((await broker.usage()).rssBytes).toBeGreaterThan(0);
  broker.inject({ delayUs: 1 });
  await broker.stop();
});

it.each([
  [Port.taken, 'bad-arguments', 'somebody listens there already', 'take another'],
  [Port.forbidden, 'bad-arguments', 'this user may not listen there', 'take another'],
])('says what is wrong with a port (%i)', async (port, code, message, hint) => {
  await expect(start({ port })).rejects.toMatchObject({
    code,
    message,
    where: '--port',
    value: `${port}`,
    hint: expect.stringContaining(hint),
  });
});

it.each([
  [Port.broken, 'something else'],
  [Port.ends, 'it ended with 7'],
  [Port.killed, 'it ended with SIGKILL'],
])('says why a broker did not come up (%i)', async (port, why) => {
  await expect(start({ port })).rejects.toMatchObject({
    code: 'target-unreachable',
    message: `the embedded stand-in broker did not start: ${why}`,
  });
});
