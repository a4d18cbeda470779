import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';

describe('systemClock', () => {
  it('counts whole microseconds on the monotonic axis that other threads see', async () => {
    const clock = systemClock();
    const before = clock.nowUs();
    const worker = new Worker('require("node:worker_threads").parentPort.postMessage(process.hrtime.bigint())', {
      eval: true,
    });
    const theirs = await new Promise<bigint>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    const after = clock.nowUs();
    expect(Number.isInteger(before)).toBe(true);
    expect(Number(theirs) / 1000).toBeGreaterThanOrEqual(before - 100);
    expect(Number(theirs) / 1000).toBeLessThanOrEqual(after + 100);
  });

  it('runs tasks later, repeatedly and not after they were cancelled', async () => {
    const clock = systemClock();
    const said: string[] = [];
    await new Promise<void>((resolve) => {
      clock.after(1, () => said.push('cancelled'))();
      clock.soon(() => said.push('soon'));
      const cancel = clock.every(2, () => {
        said.push('tick');
        if (said.filter((word) => word === 'tick').length === 3) {
          cancel();
          resolve();
        }
      });
    });
    expect(said).toEqual(['soon', 'tick', 'tick', 'tick']);
  });

  it('looks at what came in before a timer that was held up', async () => {
    const clock = systemClock();
    const said: string[] = [];
    const server = createServer((socket) => socket.once('data', () => said.push('answer')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    await Promise.all([once(client, 'connect'), once(server, 'connection')]);
    const both = new Promise<void>((resolve) => {
      const cancel = clock.every(5, () => {
        said.push('sweep');
        cancel();
      });
      clock.after(5, () => {
        said.push('time-out');
        resolve();
      });
    });
    clock.after(5, () => said.push('cancelled'))();
    client.write('x');
    const startUs = clock.nowUs();
    while (clock.nowUs() - startUs < 60_000);
    await both;
    expect(said).toEqual(['answer', 'sweep', 'time-out']);
    client.destroy();
    server.close();
  });

  it('waits longer than a Node timer can', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const clock = systemClock();
      const fired: string[] = [];
      const days = (n: number): number => n * 86_400_000;
      clock.after(days(60), () => fired.push('60 days'));
      const cancel = clock.after(days(30), () => fired.push('30 days'));
      vi.advanceTimersByTime(days(29));
      cancel();
      vi.advanceTimersByTime(days(30));
      expect(fired).toEqual([]);
      vi.advanceTimersByTime(days(1));
      expect(fired).toEqual(['60 days']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('follows a step of the wall clock', () => {
    const clock = systemClock();
    const before = clock.wallUs();
    expect(Math.abs(before - Date.now() * 1000)).toBeLessThan(5_000);
    const step = vi.spyOn(Date, 'now').mockReturnValue(Math.floor(before / 1000) + 3_600_000);
    expect(clock.wallUs() - before).toBeGreaterThan(3_599_000_000);
    step.mockRestore();
  });
});
