import { describe, expect, it } from 'vitest';
import { ConnectionNotices } from '../../src/targets/connection-notices.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

/** What is told of ten equal things a second for so long: when, ms, and how many. */
function told(seconds: number, longestMs?: number): [atMs: number, count: number][] {
  const clock = new VirtualClock(0);
  const notices: [number, number][] = [];
  const gatherer = new ConnectionNotices(
    clock,
    (_, __, count) => notices.push([clock.nowUs() / 1000, count]),
    longestMs,
  );
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    gatherer.add('throttled', 'broker');
    clock.advanceTo((tenth + 1) * 100_000);
  }
  gatherer.flush();
  return notices;
}

describe('notices', () => {
  it('are told at once, then gathered, and none is lost', () => {
    const notices = told(20);
    expect(notices[0]).toEqual([0, 1]);
    expect(notices.reduce((sum, [, count]) => sum + count, 0)).toBe(200);
  });

  it('are told in every second in which they happen, so that each has its own figure', () => {
    const notices = told(20);
    expect(new Set(notices.map(([atMs]) => Math.floor(Math.min(atMs, 19_999) / 1000))).size).toBe(20);
    for (const [, count] of notices) expect(count).toBeLessThanOrEqual(10);
  });

  it('become fewer the longer they go on, where that is asked for', () => {
    const notices = told(60, 8_000);
    expect(notices.length).toBeLessThan(15);
    expect(notices.reduce((sum, [, count]) => sum + count, 0)).toBe(600);
  });
});
