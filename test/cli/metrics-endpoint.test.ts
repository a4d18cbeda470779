import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openMetrics } from '../../src/cli/metrics-endpoint.ts';
import { planned, scenario } from '../plan/request.ts';

const { plan } = await planned({ text: scenario() });
const { plan: asking } = await planned({ text: scenario({ more: 'outputs: { prometheus: "127.0.0.1:0" }' }) });

async function notes(...[of, flag]: [typeof plan, string | undefined]): Promise<string[]> {
  const told: string[] = [];
  const endpoint = await openMetrics(of, flag, (text) => told.push(text));
  await endpoint?.close();
  return told;
}

describe('openMetrics', () => {
  it('opens nothing where nobody asks', async () => {
    expect(await openMetrics(plan, undefined, () => {})).toBeNull();
  });

  it('says where it listens', async () => {
    expect(await notes(asking, undefined)).toEqual([
      expect.stringMatching(/^metrics: http:\/\/127\.0\.0\.1:\d+\/metrics$/),
    ]);
  });

  it('says what it means to listen for other machines', async () => {
    expect(await notes(asking, '0.0.0.0:0')).toEqual([
      expect.stringMatching(
        /^metrics: http:\/\/0\.0\.0\.0:\d+\/metrics; whoever reaches this address can read it, there is no login$/,
      ),
    ]);
  });

  it('refuses what is no address', async () => {
    await expect(notes(plan, 'localhost')).rejects.toMatchObject({
      code: 'bad-arguments',
      where: '--prometheus',
      hint: expect.stringContaining('127.0.0.1:9464'),
    });
  });

  it('refuses a port that is taken, in the name of who asked for it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
    const taken = { code: 'bad-arguments', message: 'somebody listens there already' };
    const text = `127.0.0.1:${address.port}`;
    await expect(notes(plan, text)).rejects.toMatchObject({ ...taken, where: '--prometheus', value: text });
    const set = { ...plan, outputs: { ...plan.outputs, prometheus: address } };
    await expect(notes(set, undefined)).rejects.toMatchObject({ ...taken, where: 'outputs.prometheus', value: text });
  });
});
