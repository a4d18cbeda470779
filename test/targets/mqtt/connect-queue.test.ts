import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { ConnectionNotices } from '../../../src/targets/connection-notices.ts';
import { backoffMs } from '../../../src/targets/mqtt/backoff.ts';
import { ConnectQueue } from '../../../src/targets/mqtt/connect-queue.ts';
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

  it.each([0, 300])(
    'lets go of started attempts under a long refusal that comes after %i ms',
    async (refusedAfterMs) => {
      const links = 1000;
      const clock = new VirtualClock();
      const startUs = clock.nowUs();
      const queue = new ConnectQueue(clock, 50);
      const attempts: WeakRef<object>[] = [];
      let started = 0;
      const link = (failures: number): void => {
        const attempt = (done: () => void): void => {
          started++;
          const refused = (): void => {
            clock.after(backoffMs(failures, 0.5), () => link(failures + 1));
            done();
          };
          if (refusedAfterMs === 0) refused();
          else clock.after(refusedAfterMs, refused);
        };
        attempts.push(new WeakRef(attempt));
        queue.add(attempt);
      };
      for (let i = 0; i < links; i++) link(0);
      clock.advanceTo(startUs + 300_000_000);
      expect(started).toBeGreaterThan(14_500);
      expect(started).toBeLessThan(15_100);
      // A weak reference that was just made holds its object until the turn ends.
      await sleep(systemClock(), 1);
      setFlagsFromString('--expose-gc');
      (runInNewContext('gc') as () => void)();
      const held = attempts.filter((attempt) => attempt.deref() !== undefined).length;
      expect(held).toBeLessThan(3 * links + 1024);
      queue.clear();
    },
  );

  it('never sets a second timer over the first when attempts are over at once', () => {
    const clock = new VirtualClock();
    let pending = 0;
    let mostPending = 0;
    const counting: Clock = {
      nowUs: () => clock.nowUs(),
      wallUs: () => clock.wallUs(),
      every: (ms, task) => clock.every(ms, task),
      soon: (task) => clock.soon(task),
      after(ms, task) {
        mostPending = Math.max(mostPending, ++pending);
        let over = false;
        const end = (): void => {
          if (!over) pending--;
          over = true;
        };
        const cancel = clock.after(ms, () => {
          end();
          task();
        });
        return () => {
          end();
          cancel();
        };
      },
    };
    const queue = new ConnectQueue(counting, 100);
    let started = 0;
    const attempt = (done: () => void): void => {
      if (++started < 50) queue.add(attempt);
      done();
    };
    for (let i = 0; i < 50; i++) queue.add(attempt);
    clock.advanceTo(clock.nowUs() + 100_000);
    expect(mostPending).toBe(1);
    queue.clear();
    expect(pending).toBe(0);
    const before = started;
    clock.advanceTo(clock.nowUs() + 10_000_000);
    expect(started).toBe(before);
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
