import { expect, it } from 'vitest';
import { ConnectProgress } from '../../src/runner/connect-progress.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

it('tells the sum over workers and targets, first after three seconds, then ever more rarely', () => {
  const clock = new VirtualClock(0);
  const lines: string[] = [];
  const progress = new ConnectProgress(clock, (text) => lines.push(`${clock.nowUs() / 1e6} s: ${text}`));
  for (let tick = 1; tick <= 40; tick++) {
    clock.advanceTo(tick * 500_000);
    progress.heard(0, { target: 'a', up: tick, of: 100 });
    progress.heard(1, { target: 'a', up: 2 * tick, of: 100 });
    progress.heard(1, { target: 'b', up: 1, of: 1 });
  }
  expect(lines).toEqual([
    '3 s: connecting: 17 of 201 connections are up',
    '7.5 s: connecting: 44 of 201 connections are up',
    '14.5 s: connecting: 86 of 201 connections are up',
  ]);
});
