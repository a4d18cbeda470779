import { describe, expect, it } from 'vitest';
import { backlogOf } from '../../src/engine/backlog.ts';
import { ErrorTallies } from '../../src/engine/error-tallies.ts';
import { probeAddress } from '../../src/engine/probe-address.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

describe('ErrorTallies', () => {
  it('counts by code and keeps the first time', () => {
    const clock = new VirtualClock(0);
    const tallies = new ErrorTallies(clock);
    tallies.add('a', 'why', 2);
    clock.advanceTo(5_000_000);
    tallies.add('a', 'why', 3);
    tallies.add('b', 'why', 1);
    const [a, b] = tallies.list();
    expect(a).toMatchObject({ code: 'a', count: 5 });
    expect(b).toMatchObject({ code: 'b', count: 1 });
    expect((b?.firstWallUs ?? 0) - (a?.firstWallUs ?? 0)).toBe(5_000_000);
  });
});

describe('backlogOf', () => {
  it('is 64 MiB, then shed, unless the target says otherwise', () => {
    expect(backlogOf({})).toEqual({ maxBytes: 67_108_864, overflow: 'shed' });
  });
});

describe('probeAddress', () => {
  it('takes the way of the fleet’s events', () => {
    expect(probeAddress('meters/<device>/<index:06>/<run>/<fleet>', 'r1', 'm')).toBe('meters/iotload-probe/0/r1/m');
    expect(probeAddress('plain', 'r1', 'm')).toBe('plain');
  });
});
