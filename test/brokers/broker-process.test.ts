import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { BrokerReply, BrokerRequest } from '../../src/brokers/broker-messages.ts';
import { forkSibling } from '../../src/core/child-process.ts';
import { Port, toldPort } from './stand-in/ports.ts';

const folder = new URL('stand-in/process.ts', import.meta.url).href;

/** The stand-in, as its parent sees it. */
async function started(...args: string[]) {
  const child = forkSibling(folder, 'process', args);
  onTestFinished(() => void child.kill('SIGKILL'));
  const next = async (): Promise<BrokerReply> => (await once(child, 'message'))[0];
  const ask = (request: BrokerRequest): Promise<BrokerReply> => {
    const answer = next();
    child.send(request);
    return answer;
  };
  return { child, ask, first: await next() };
}

it('starts with what it is told, answers for its resources, and does the harm that it is asked to', async () => {
  const { ask, first } = await started('12', '34');
  expect(first).toEqual({ kind: 'listening', port: toldPort(12, 34) });
  const usage = await ask({ kind: 'usage', id: 5 });
  expect(usage).toEqual({ kind: 'usage', id: 5, cpuSeconds: expect.any(Number), rssBytes: expect.any(Number) });
  const { cpuSeconds, rssBytes } = usage as Extract<BrokerReply, { kind: 'usage' }>;
  expect(cpuSeconds).toBeGreaterThan(0);
  expect(rssBytes).toBeGreaterThan(1_000_000);
  expect(await ask({ kind: 'inject', faults: { delayUs: 77 } })).toEqual({ kind: 'listening', port: 77 });
});

it('says why it cannot start, with an empty code where there is none', async () => {
  expect((await started(`${Port.taken}`)).first).toEqual({
    kind: 'failed',
    code: 'EADDRINUSE',
    message: 'address in use',
  });
  expect((await started(`${Port.broken}`)).first).toEqual({ kind: 'failed', code: '', message: 'something else' });
});

it('outlives the signals of a terminal, and ends when its parent hangs up', async () => {
  const { child, ask, first } = await started('0');
  expect(first).toEqual({ kind: 'listening', port: toldPort(0, null) });
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await ask({ kind: 'usage', id: 1 })).toMatchObject({ kind: 'usage', id: 1 });
  const exit = once(child, 'exit');
  child.disconnect();
  expect(await exit).toEqual([0, null]);
});

it('lets the broker end itself first', async () => {
  const { child } = await started(`${Port.endsWith42}`);
  const exit = once(child, 'exit');
  child.disconnect();
  expect(await exit).toEqual([42, null]);
});
