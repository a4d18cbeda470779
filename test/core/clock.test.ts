import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
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
});
