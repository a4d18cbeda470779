import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/targets/mqtt/backoff.ts';
import { ConnectQueue } from '../../../src/targets/mqtt/connect-queue.ts';
import { ConnectionNotices } from '../../../src/targets/mqtt/connection-notices.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

describe('ConnectQueue', () => {
  it('starts in order at its rate', () => {
    const clock = new VirtualClock();
    const startUs = clock.nowUs();
    const queue = new ConnectQueue(clock, 100);
    const started: [number, number][] = [];
    for (let i = 0; i < 100; i++) {
      queue.add((done) => {
        started.push([i, clock.nowUs()]);
        done();
      });
    }
    clock.advanceTo(startUs + 2_000_000);
    expect(started.map(([i]) => i)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    // A burst of 50 ms at first, then 10 ms apart.
    for (const [i, atUs] of started)
      expect(Math.abs(atUs - startUs - Math.max(0, i - 5) * 10_000)).toBeLessThanOrEqual(10_000);
  });

  it('has at most 200 under way, and starts the next when one is done', () => {
    const clock = new VirtualClock();
    const queue = new ConnectQueue(clock, 1_000_000);
    const dones: (() => void)[] = [];
    for (let i = 0; i < 500; i++) queue.add((done) => dones.push(done));
    clock.advanceTo(clock.nowUs() + 1_000_000);
    expect(dones).toHaveLength(200);
    dones[0]?.();
    dones[0]?.();
    clock.advanceTo(clock.nowUs() + 1000);
    expect(dones).toHaveLength(201);
  });

  it('forgets what has not started', () => {
    const clock = new VirtualClock();
    const queue = new ConnectQueue(clock, 1);
    let started = 0;
    for (let i = 0; i < 5; i++) queue.add(() => started++);
    queue.clear();
    clock.advanceTo(clock.nowUs() + 10_000_000);
    expect(started).toBe(1);
  });
});

describe('backoffMs', () => {
  it('doubles to 10 s, half of it random', () => {
    expect([0, 1, 2, 5, 6, 1000].map((failures) => backoffMs(failures, 0))).toEqual([100, 200, 400, 3200, 5000, 5000]);
    expect(backoffMs(0, 0.999)).toBeCloseTo(199.9);
    expect(backoffMs(1000, 0.999)).toBeLessThan(10_000);
  });
});

describe('ConnectionNotices', () => {
  it('says the first at once and equal ones as a number, never as words', () => {
    const clock = new VirtualClock();
    const said: [string, string, number][] = [];
    const notices = new ConnectionNotices(clock, (...notice) => said.push(notice));
    for (let i = 0; i < 40; i++) notices.add('disconnected', 'reset');
    notices.add('disconnected', 'closed');
    expect(said).toEqual([
      ['disconnected', 'reset', 1],
      ['disconnected', 'closed', 1],
    ]);
    clock.advanceTo(clock.nowUs() + 250_000);
    expect(said.slice(2)).toEqual([['disconnected', 'reset', 39]]);
    notices.add('disconnected', 'reset');
    notices.flush();
    clock.advanceTo(clock.nowUs() + 1_000_000);
    expect(said).toHaveLength(4);
  });
});
