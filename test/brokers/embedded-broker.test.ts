import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddedBroker } from '../../src/brokers/embedded-broker.ts';
import { brokers } from '../../src/brokers/registry.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';

describe.each(Object.entries(brokers))('the embedded broker for %s', (_, start) => {
  async function started(port?: number): Promise<EmbeddedBroker> {
    const broker = await start(port === undefined ? undefined : { port });
    onTestFinished(() => broker.stop());
    return broker;
  }

  it('listens where it was asked to, says so once somebody else does, and has ended when it was stopped', async () => {
    const port = await deadPort();
    const broker = await started(port);
    expect(new URL(broker.endpoint).host).toBe(`127.0.0.1:${port}`);
    let ended = false;
    const end = broker.ended.then(() => {
      ended = true;
    });
    await expect(start({ port })).rejects.toMatchObject({
      code: 'bad-arguments',
      message: 'somebody listens there already',
      where: '--port',
      value: `${port}`,
    });
    const usage = await broker.usage();
    expect(ended).toBe(false);
    await broker.stop();
    await end;
    await broker.stop();
    expect(await broker.usage()).toEqual(usage);
  });

  it('answers who asks for its resources while it ends', async () => {
    const broker = await started();
    const first = await broker.usage();
    const asked = [broker.usage(), broker.usage()];
    await broker.stop();
    for (const usage of await Promise.all(asked)) {
      expect(usage.cpuSeconds).toBeGreaterThanOrEqual(first.cpuSeconds);
      expect(usage.rssBytes).toBeGreaterThan(0);
    }
  });
});
